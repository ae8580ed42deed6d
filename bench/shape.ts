import type { Answer, Call } from "../src/aws/call.ts";
import { services } from "../src/aws/model.ts";
import { corpusCalls, hasCorpus } from "../src/record/corpus.fixture.ts";
import { exampleCall } from "../src/record/example-call.ts";
import { exampleMembers } from "../src/record/example-values.ts";
import { recordOf } from "../src/record/index.ts";
import { type Figure, percentile } from "./support.ts";

const shapings = 200_000;
const warmUp = 20_000;
const completion = { completedAt: Date.UTC(2026, 1, 22), eventId: "6d7fb4a5-0ef6-4b6b-9c9b-55f4cf24eab8" };

interface Exchange {
  readonly call: Call;
  readonly answer: Answer;
}

/** The calls behind real records in the mix that the corpus has, where it is; else an example of every action. */
function exchanges(): { readonly what: string; readonly mix: readonly Exchange[] } {
  if (hasCorpus()) {
    const mix = corpusCalls().map(({ call, output }) => ({ call, answer: { output } }));
    return { what: `the calls behind ${mix.length} real records`, mix };
  }
  const mix = [...services.values()].flatMap((service) =>
    [...service.actions.values()].map((action) => ({
      call: exampleCall(service, action),
      answer: { output: exampleMembers(service, action.output) },
    })),
  );
  return { what: `${mix.length} example calls and answers with every member, as no real records are here`, mix };
}

/** What it takes to shape one record, on one thread. */
export async function benchShape(): Promise<Figure[]> {
  const { what, mix } = exchanges();
  const times = new Float64Array(shapings);
  for (let n = -warmUp; n < shapings; n++) {
    const { call, answer } = mix[(n + warmUp) % mix.length] as Exchange;
    const began = performance.now();
    recordOf(call, answer, completion);
    if (n >= 0) times[n] = performance.now() - began;
  }
  const sorted = [...times.sort()];
  const [median, p99] = [percentile(sorted, 0.5) * 1_000, percentile(sorted, 0.99) * 1_000];
  return [
    {
      what: `one record shaped, ${what}`,
      measured: `median ${median.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs`,
      target: "median ≤ 50 µs",
      reached: median <= 50,
    },
  ];
}
