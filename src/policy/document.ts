import { type Condition, conditionsOf } from "./conditions.ts";
import { matches, type Pattern, wildcards } from "./pattern.ts";
import { type Context, type Template, template } from "./template.ts";

/** A list of an element such as Action, or of its opposite NotAction. */
interface Either<Item> {
  readonly items: readonly Item[];
  readonly isNot: boolean;
}

/** Policies such as ReadOnlyAccess name thousands: only those of the action's own service are looked at. */
interface Actions {
  readonly isNot: boolean;
  /** Names without wildcards. */
  readonly exact: ReadonlySet<string>;
  /** The others, by the service before the colon; "" where that has wildcards itself. */
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
}

type PrincipalKind = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** Names in a Principal element, by their kind. */
export type Principals = Readonly<Partial<Record<PrincipalKind, readonly string[]>>>;

/** A policy's statement, compiled. */
export interface Statement {
  readonly sid: string | undefined;
  /** Which of the document's statements it is, from 0. */
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  readonly actions: Actions;
  /** Undefined in a trust policy. */
  readonly resources: Either<Template> | undefined;
  readonly principals: (Either<never> & { readonly names: Principals }) | undefined;
  readonly conditions: readonly Condition[];
  /** As it was written. */
  readonly source: Readonly<Record<string, unknown>>;
}

const known = new Map<string, readonly Statement[]>();
const knownAtMost = 5_000;

/** The statements of a policy document; none when it can't be read, so that it allows nothing. */
export function statementsOf(document: string): readonly Statement[] {
  const before = known.get(document);
  if (before) return before;
  const statements = read(document);
  // Policies change seldom; beginning anew now and then is cheaper than remembering which was used last.
  if (known.size >= knownAtMost) known.clear();
  known.set(document, statements);
  return statements;
}

function read(document: string): Statement[] {
  try {
    const { Version, Statement } = JSON.parse(document) as { Version?: unknown; Statement?: unknown };
    return [Statement ?? []].flat().flatMap((statement, index) => compile(statement, index, Version === "2012-10-17"));
  } catch {
    return [];
  }
}

function compile(given: unknown, index: number, variables: boolean): Statement | [] {
  if (typeof given !== "object" || given === null) return [];
  const source = given as Readonly<Record<string, unknown>>;
  const effect = String(source.Effect).toLowerCase();
  const actions = either(source, "Action", (text) => text.toLowerCase());
  if (!actions || (effect !== "allow" && effect !== "deny")) return [];
  const principals = either(source, "Principal", () => undefined as never);
  return {
    sid: typeof source.Sid === "string" ? source.Sid : undefined,
    index,
    effect: effect === "allow" ? "Allow" : "Deny",
    actions: indexed(actions),
    resources: either(source, "Resource", (text) => template(text, variables)),
    principals: principals && {
      ...principals,
      names: principalNames(principals.isNot ? source.NotPrincipal : source.Principal),
    },
    conditions: conditionsOf(source.Condition, variables),
    source,
  };
}

function indexed({ items, isNot }: Either<string>): Actions {
  const exact = new Set<string>();
  const patterns = new Map<string, Pattern[]>();
  for (const name of items) {
    if (!/[*?]/.test(name)) {
      exact.add(name);
      continue;
    }
    const service = /^[^*?:]*(?=:)/.exec(name)?.[0] ?? "";
    const list = patterns.get(service);
    if (list) list.push(wildcards(name));
    else patterns.set(service, [wildcards(name)]);
  }
  return { isNot, exact, patterns };
}

function either<Item>(
  source: Readonly<Record<string, unknown>>,
  name: string,
  make: (text: string) => Item,
): Either<Item> | undefined {
  const isNot = source[name] === undefined;
  const value = isNot ? source[`Not${name}`] : source[name];
  return value === undefined ? undefined : { items: [value].flat().map((item) => make(String(item))), isNot };
}

function principalNames(principal: unknown): Principals {
  if (typeof principal === "string") return principal === "*" ? { AWS: ["*"] } : {};
  return Object.fromEntries(
    Object.entries((principal ?? {}) as object).map(([kind, names]) => [kind, [names as unknown].flat().map(String)]),
  );
}

/** Whether a statement speaks of an action such as `sts:AssumeRole`; upper and lower case don't matter. */
export function coversAction({ actions }: Statement, action: string): boolean {
  const name = action.toLowerCase();
  const isAmong = (service: string) =>
    actions.patterns.get(service)?.some((pattern) => matches(name, pattern)) ?? false;
  const covered = actions.exact.has(name) || isAmong(name.slice(0, Math.max(0, name.indexOf(":")))) || isAmong("");
  return covered !== actions.isNot;
}

/** Whether a statement speaks of a resource; one with a variable that has no value in the request speaks of none. */
export function coversResource({ resources }: Statement, resource: string, context: Context): boolean {
  if (!resources) return true;
  const patterns = resources.items.map((item) => item.pattern(context));
  if (resources.isNot && patterns.includes(undefined)) return false;
  return patterns.some((pattern) => pattern !== undefined && matches(resource, pattern)) !== resources.isNot;
}

export function conditionsHold({ conditions }: Statement, context: Context): boolean {
  return conditions.every(({ holds }) => holds(context));
}
