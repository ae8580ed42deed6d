import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { expect, it } from "vitest";
import { services } from "../aws/model.ts";
import { loadConfig, startServer } from "./index.ts";

const document = fileURLToPath(new URL("../../docs/services.md", import.meta.url));

const begin = "<!-- The list is made from the handlers: `npx vitest run src/server/services-document.test.ts -u` -->\n";
const end = "<!-- The list ends here. -->\n";

it("docs/services.md names exactly the actions that are answered (-u writes it anew)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-services-"));
  const server = await startServer(loadConfig({ port: "0", data: folder }, {}), pino({ level: "silent" }));
  const { actions } = server;
  await server.stop();
  await rm(folder, { recursive: true });

  const list = [...services.values()].map((service) => {
    const answered = [...(actions.get(service.name) ?? [])].sort();
    const unknown = answered.filter((action) => !service.actions.has(action));
    expect(unknown, `handlers of ${service.name} for actions that its model doesn't have`).toEqual([]);
    const names = answered.length === 0 ? "None yet." : `${answered.map((action) => `\`${action}\``).join(", ")}.`;
    return `### ${service.name}: ${answered.length} of ${service.actions.size}\n\n${names}\n`;
  });
  const text = await readFile(document, "utf8");
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  expect({ from, to }, "the marks around the list").toEqual({ from: expect.any(Number), to: expect.any(Number) });
  expect(to).toBeGreaterThan(from - 1);
  await expect(`${text.slice(0, from)}\n${list.join("\n")}\n${text.slice(to)}`).toMatchFileSnapshot(document);
});
