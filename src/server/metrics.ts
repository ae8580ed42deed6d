import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Answer, Call } from "../aws/call.ts";
import type { Position } from "../storage/journal/index.ts";

export interface Metrics {
  /** Counts an answered call and how long it took, in milliseconds. */
  onCall(call: Call, answer: Answer, milliseconds: number): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
}

/** The numbers at /_opentrail/metrics; `positions` tells where the journal ends and how far each of its readers is. */
export function createMetrics(
  positions: () => Promise<{ journal: Position; readers: Record<string, Position> }>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: "opentrail_calls_total",
    help: "AWS calls answered and recorded.",
    labelNames: ["service", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "opentrail_call_duration_seconds",
    help: "From a call's arrival until its record is durable.",
    labelNames: ["service"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  new Gauge({
    name: "opentrail_journal_position",
    help: "The newest durable entry of the journal.",
    registers,
    async collect() {
      this.set((await positions()).journal);
    },
  });
  new Gauge({
    name: "opentrail_reader_backlog_entries",
    help: "Entries of the journal that a reader has yet to work on.",
    labelNames: ["reader"],
    registers,
    async collect() {
      const { journal, readers } = await positions();
      for (const [reader, position] of Object.entries(readers)) this.set({ reader }, journal - position);
    },
  });
  return {
    onCall(call, answer, milliseconds) {
      calls.inc({ service: call.service.name, outcome: answer.error ? "error" : "success" });
      durations.observe({ service: call.service.name }, milliseconds / 1_000);
    },
    text: () => registry.metrics(),
  };
}
