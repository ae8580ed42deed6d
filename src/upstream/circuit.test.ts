import { expect, it } from "vitest";
import { createCircuit } from "./circuit.ts";

it("an upstream that fails five times in a row is left alone for a second, then asked once, and is back when that works", () => {
  let now = 0;
  const circuit = createCircuit({ now: () => now });
  const away = new Error("away");
  for (let failure = 0; failure < 4; failure++) circuit.failed(away);
  expect([circuit.open(), circuit.isOpen()]).toEqual([undefined, false]);
  circuit.failed(away);
  expect([circuit.open(), circuit.isOpen()]).toEqual([away, true]);
  now = 999;
  expect(circuit.open()).toBe(away);
  now = 1_000;
  expect([circuit.open(), circuit.open()]).toEqual([undefined, away]);
  circuit.failed(away);
  now = 1_999;
  expect(circuit.open()).toBe(away);
  expect(circuit.isOpen()).toBe(true);
  circuit.worked();
  expect([circuit.open(), circuit.isOpen()]).toEqual([undefined, false]);
});

it("failures with successes between them change nothing", () => {
  const circuit = createCircuit({ now: () => 0 });
  for (let turn = 0; turn < 20; turn++) {
    circuit.failed(new Error("away"));
    circuit.worked();
  }
  expect(circuit.open()).toBeUndefined();
});
