// npm run bench [name …]: each claim about speed, measured on this machine beside what it must reach.
import { benchConsole } from "./console.ts";
import { benchDelivery } from "./delivery.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchFresh } from "./fresh.ts";
import { benchHistory } from "./history.ts";
import { benchJournal } from "./journal.ts";
import { benchLeaks } from "./leaks.ts";
import { benchRecording } from "./recording.ts";
import { benchShape } from "./shape.ts";
import { benchStart } from "./start.ts";
import { type Figure, machine } from "./support.ts";
import { benchUpstream } from "./upstream.ts";
import { benchVerify } from "./verify.ts";

const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: benchStart,
  shape: benchShape,
  journal: benchJournal,
  recording: benchRecording,
  fresh: benchFresh,
  history: benchHistory,
  console: benchConsole,
  embedded: benchEmbedded,
  upstream: benchUpstream,
  leaks: benchLeaks,
  verify: benchVerify,
  delivery: benchDelivery,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}\n`);
  process.exit(1);
}
process.stdout.write(`${machine()}\n`);
let missed = 0;
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const figure of await bench()) {
    if (!figure.reached) missed++;
    process.stdout.write(
      `${figure.reached ? "reached" : "MISSED "}  ${figure.what}: ${figure.measured} (target ${figure.target})\n`,
    );
  }
}
process.exit(missed > 0 ? 1 : 0);
