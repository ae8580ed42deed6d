import fc from "fast-check";
import { expect, it } from "vitest";
import { comparedMembers } from "./differences.ts";

it("tells what is alike, what differs and what only some have, in the order of the records", () => {
  const members = comparedMembers([
    { eventName: "RunInstances", userIdentity: { userName: "ada" }, requestParameters: { set: { items: ["i-1"] } } },
    {
      eventName: "RunInstances",
      errorCode: "AccessDenied",
      userIdentity: { userName: "bob" },
      requestParameters: null,
    },
  ]);
  expect(members).toEqual([
    { path: "eventName", values: ["RunInstances", "RunInstances"], differs: false },
    { path: "errorCode", values: [undefined, "AccessDenied"], differs: true },
    { path: "userIdentity.userName", values: ["ada", "bob"], differs: true },
    { path: "requestParameters", values: [undefined, "null"], differs: true },
    { path: "requestParameters.set.items[0]", values: ["i-1", undefined], differs: true },
  ]);
});

it("leaves nothing out, whatever the records hold: a record differs in nothing from itself", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
      const members = comparedMembers([record, JSON.parse(JSON.stringify(record))]);
      expect(members.every(({ differs, values }) => !differs && values[0] !== undefined)).toBe(true);
      expect(
        comparedMembers([record, {}])
          .filter(({ path }) => path !== "")
          .every(({ differs }) => differs),
      ).toBe(true);
    }),
  );
});
