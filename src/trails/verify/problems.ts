/** `error`: something is wrong. `notice`: something that can't be proved, and may be innocent. */
type Level = "error" | "notice";

interface Problem {
  readonly level: Level;
  readonly about: "digest" | "log" | "chain";
  readonly message: string;
}

/** Everything that verification finds. */
export const problems = {
  DigestNotFound: { level: "error", about: "digest", message: "not found, though a later digest names it" },
  DigestsMissing: { level: "error", about: "chain", message: "no digest proves this time" },
  DigestInvalidFormat: { level: "error", about: "digest", message: "invalid format" },
  DigestMoved: { level: "error", about: "digest", message: "has been moved from its original location" },
  DigestKeyUnknown: { level: "error", about: "digest", message: "no public key has its fingerprint" },
  DigestUnsigned: { level: "error", about: "digest", message: "its signature has been removed" },
  DigestSignatureWrong: { level: "error", about: "digest", message: "signature verification failed" },
  DigestSignatureAbsent: {
    level: "notice",
    about: "digest",
    message: "can't be verified: the copy has no signature of it",
  },
  PreviousHashWrong: { level: "error", about: "digest", message: "the previous digest isn't the one it names: hash" },
  PreviousSignatureWrong: {
    level: "error",
    about: "digest",
    message: "the previous digest isn't the one it names: signature",
  },
  ChainRestarted: { level: "notice", about: "chain", message: "the chain begins anew: nothing proves this time" },
  HeadMissing: { level: "notice", about: "chain", message: "the chain begins later: nothing proves this time" },
  TailMissing: { level: "error", about: "chain", message: "the newest digests are missing" },
  TailOld: { level: "notice", about: "chain", message: "no digest since: logging has stopped, or digests are missing" },
  LogNotFound: { level: "error", about: "log", message: "not found" },
  LogInvalidFormat: { level: "error", about: "log", message: "invalid format" },
  LogChanged: { level: "error", about: "log", message: "hash value doesn't match" },
  LogUnnamed: { level: "error", about: "log", message: "no digest names it, though one covers its time" },
  LogUnproved: { level: "notice", about: "log", message: "no digest covers its time" },
  LogPending: { level: "notice", about: "log", message: "newer than the newest digest" },
} as const satisfies Readonly<Record<string, Problem>>;

export type ProblemCode = keyof typeof problems;

/** One thing that was found. */
export interface Finding {
  readonly level: Level;
  readonly about: "digest" | "log" | "chain";
  readonly problem: ProblemCode;
  /** Bucket and key as `s3://…`, or the chain: trail and Region. */
  readonly object: string;
  readonly message: string;
}

/** A finding, with what more there is to say of it. */
export function finding(problem: ProblemCode, object: string, detail?: string, level?: Level): Finding {
  const { level: usual, about, message } = problems[problem];
  return { level: level ?? usual, about, problem, object, message: detail ? `${message} (${detail})` : message };
}
