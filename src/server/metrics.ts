import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Answer, Call } from "../aws/call.ts";
import type { Recorder } from "../gateway/index.ts";
import type { Health } from "./health.ts";

/** What can fail and is tried again. */
export type Part = "history" | "delivery" | "digests" | "forwarding" | "journal" | "interruptions" | "upstream";

export interface Metrics {
  /** Counts an answered call and how long it took, in milliseconds. */
  onCall(call: Call, answer: Answer, milliseconds: number): void;
  onFailure(part: Part): void;
  /** Counts a request that is refused as there are too many of them. */
  onOverload(refused: string): void;
  /** Counts a connection that is cut off. */
  onCut(why: string): void;
  /** Shows how many calls are at work. */
  watch(gateway: { readonly callsAtWork: () => number }): void;
  /** Tells how many bytes of a torn tail the start has cut off the journal. */
  onTornTail(bytes: number): void;
  /** Counts a write to the journal and how long the disk took, in milliseconds. */
  onJournalWritten(milliseconds: number): void;
  /** Tells for how many calls whose answer was never seen the start has written a record. */
  onRecovered(calls: number): void;
  /** The same recorder, with what it can't record counted. */
  counting(recorder: Recorder): Recorder;
  /** The Prometheus text format. */
  text(health: Health): Promise<string>;
}

/** The numbers at /_opentrail/metrics. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });

  const calls = counter("opentrail_calls_total", "AWS calls answered and recorded.", ["service", "outcome"]);
  const errors = counter("opentrail_call_errors_total", "Calls answered with an error, by its code.", [
    "service",
    "code",
  ]);
  const unrecordable = counter(
    "opentrail_unrecordable_calls_total",
    "Calls refused with 503 because their record can't be written.",
  );
  const failures = counter("opentrail_failures_total", "Failed attempts, which are made again, by what failed.", [
    "part",
  ]);
  const overloads = counter(
    "opentrail_overload_refusals_total",
    "Requests refused as too many are under way: calls with a record (throttled) and without, and OpenTrail's own paths.",
    ["refused"],
  );
  const cuts = counter("opentrail_connections_cut_total", "Connections cut off, by what was too much or too slow.", [
    "reason",
  ]);
  let callsAtWork = () => 0;
  const atWork = gauge("opentrail_calls_at_work", "Calls that have come and have no answer yet.");
  const durations = new Histogram({
    name: "opentrail_call_duration_seconds",
    help: "From a call's arrival until its record is durable.",
    labelNames: ["service"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const writes = new Histogram({
    name: "opentrail_journal_write_seconds",
    help: "How long the disk took to make records durable, which calls wait for.",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const end = gauge("opentrail_journal_position", "The newest durable entry of the journal.");
  const cut = gauge("opentrail_journal_cut_bytes", "Bytes of a torn tail that the start has cut off the journal.");
  const recovered = gauge(
    "opentrail_recovered_calls",
    "Calls whose answer a crash kept from being seen, recorded by this start; only with recording: strict.",
  );
  const entries = gauge(
    "opentrail_reader_backlog_entries",
    "Entries of the journal that a reader has yet to work on.",
    ["reader"],
  );
  const seconds = gauge("opentrail_reader_backlog_seconds", "The age of the oldest of them; 0 when there is none.", [
    "reader",
  ]);
  const upstreamUp = gauge("opentrail_upstream_up", "1 when an upstream is there as far as its last calls found.", [
    "upstream",
  ]);
  const upstreamCalls = counter(
    "opentrail_upstream_calls_total",
    "Calls passed on, by the class of the answer's status; none for those that got no answer.",
    ["upstream", "status"],
  );
  const free = gauge("opentrail_disk_free_bytes", "Room that is left where the data folder is.");
  const size = gauge("opentrail_disk_size_bytes", "The size of the disk where the data folder is.");
  const ready = gauge("opentrail_ready", "1 when calls can be served and recorded, 0 when not.");
  gauge("opentrail_build_info", "Always 1; the version is a label.", ["version"]).set({ version }, 1);

  async function counted<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      unrecordable.inc();
      throw error;
    }
  }

  return {
    onCall(call, answer, milliseconds) {
      const service = call.service.name;
      calls.inc({ service, outcome: answer.error ? "error" : "success" });
      if (answer.error) errors.inc({ service, code: answer.error.code });
      durations.observe({ service }, milliseconds / 1_000);
    },
    onOverload: (refused) => overloads.inc({ refused }),
    onCut: (reason) => cuts.inc({ reason }),
    watch(gateway) {
      callsAtWork = gateway.callsAtWork;
    },
    onTornTail: (bytes) => cut.set(bytes),
    onJournalWritten: (milliseconds) => writes.observe(milliseconds / 1_000),
    onRecovered: (calls) => recovered.set(calls),
    onFailure: (part) => failures.inc({ part }),
    counting: (recorder) => ({
      check: () => counted(recorder.check()),
      intend: (call) => counted(recorder.intend(call)),
      record: (...call) => counted(recorder.record(...call)),
      recordSignIn: (...event) => counted(recorder.recordSignIn(...event)),
      recordOwn: (...events) => counted(recorder.recordOwn(...events)),
    }),
    text(health) {
      atWork.set(callsAtWork());
      end.set(health.journal.end);
      for (const [reader, { backlogEntries, backlogSeconds }] of Object.entries(health.readers)) {
        entries.set({ reader }, backlogEntries);
        seconds.set({ reader }, backlogSeconds);
      }
      upstreamCalls.reset();
      for (const [upstream, { status, calls }] of Object.entries(health.upstreams)) {
        upstreamUp.set({ upstream }, status === "up" ? 1 : 0);
        for (const [status, number] of Object.entries(calls)) upstreamCalls.inc({ upstream, status }, number);
      }
      free.set(health.disk.freeBytes);
      size.set(health.disk.sizeBytes);
      ready.set(health.status === "ok" ? 1 : 0);
      return registry.metrics();
    },
  };
}
