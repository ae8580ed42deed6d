import { AwsError } from "../aws/error.ts";
import type { State } from "../storage/state/index.ts";
import type { LogTarget } from "./index.ts";
import type { House } from "./trails.fixture.ts";

/** The house's doors to the disk, of which all stay shut after the step at which the process dies. */
export function mortal(house: House, diesAt: number): { state: State; target: LogTarget; died: () => boolean } {
  let step = 0;
  // Each write can be reached by the disk and not by the process, or by neither.
  async function write<Result>(work: () => Promise<Result>): Promise<Result> {
    if (step++ >= diesAt) throw new Error("died before");
    const result = await work();
    if (step++ >= diesAt) throw new Error("died after");
    return result;
  }
  return {
    state: { ...house.state, commit: (changes) => write(() => house.state.commit(changes)) },
    target: { ...house.target, putObject: (...object) => write(() => house.target.putObject(...object)) },
    died: () => step > diesAt,
  };
}

/** A target whose bucket refuses so many files before it takes one. */
export function refusing(target: LogTarget, refusals: number): LogTarget {
  let left = refusals;
  return {
    ...target,
    async putObject(...object) {
      if (left-- > 0) throw new AwsError("SlowDown", "Please reduce your request rate.");
      await target.putObject(...object);
    },
  };
}
