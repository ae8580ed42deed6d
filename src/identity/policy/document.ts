import type { Conditions } from "./conditions.ts";
import { matchesPattern } from "./pattern.ts";

/** A policy's statement; whatever IAM let in is in one of these forms. */
export interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Conditions;
}

/** The statements of a policy document; none when it can't be read, so that it allows nothing. */
export function statementsOf(document: string): Statement[] {
  try {
    const { Statement: statements } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    return [statements ?? []].flat();
  } catch {
    return [];
  }
}

/** Whether a statement speaks of an action such as `sts:AssumeRole`; upper and lower case don't matter. */
export function coversAction({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (patterns: unknown) =>
    [patterns].flat().some((pattern) => matchesPattern(action.toLowerCase(), String(pattern).toLowerCase()));
  return Action === undefined ? NotAction !== undefined && !matches(NotAction) : matches(Action);
}

/** The names of a kind (AWS, Service, Federated) in a Principal element; `*` stands for every AWS principal. */
export function principalNames(principal: unknown, kind: "AWS" | "Service" | "Federated"): string[] {
  if (principal === "*") return kind === "AWS" ? ["*"] : [];
  if (typeof principal !== "object" || principal === null) return [];
  const names = (principal as Readonly<Record<string, unknown>>)[kind];
  return names === undefined ? [] : [names].flat().map(String);
}
