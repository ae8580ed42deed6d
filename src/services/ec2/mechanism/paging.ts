import { invalidValue } from "./errors.ts";

/** What an action accepts as MaxResults. A larger number is taken for the largest where `clamps` says so. */
export interface PageLimits {
  readonly min: number;
  readonly max: number;
  readonly clamps?: boolean;
}

interface Paged {
  readonly id: string;
  readonly createdAt: number;
}

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * One page of the items that `keep` wants, in the order of their creation, and the token for the next one. A token names
 * the last item shown, so what comes or goes between two pages neither repeats nor hides another item.
 */
export function pageOf<Item extends Paged>(
  items: readonly Item[],
  { MaxResults, NextToken }: PageRequest,
  limits: PageLimits,
  keep: (item: Item) => boolean = () => true,
): { page: Item[]; token: { NextToken?: string } } {
  if (MaxResults !== undefined) checkMaxResults(MaxResults, limits);
  const size = MaxResults === undefined ? Number.POSITIVE_INFINITY : Math.min(MaxResults, limits.max);
  const after = NextToken ? parseToken(NextToken) : undefined;
  const page: Item[] = [];
  for (const item of [...items].sort(compare)) {
    if ((after && compare(item, after) <= 0) || !keep(item)) continue;
    const last = page.at(-1);
    if (last && page.length === size) return { page, token: { NextToken: tokenOf(last) } };
    page.push(item);
  }
  return { page, token: {} };
}

function checkMaxResults(value: number, { min, max, clamps }: PageLimits): void {
  const refuse = (expecting: string) =>
    invalidValue(`Value ( ${value} ) for parameter maxResults is invalid. Expecting a value ${expecting}.`);
  if (value < min) throw refuse(`greater than ${min}`);
  if (value > max && !clamps) throw refuse(`less than ${max}`);
}

function compare(a: Paged, b: Paged): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function tokenOf({ createdAt, id }: Paged): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString("base64url");
}

function parseToken(token: string): Paged {
  try {
    const [createdAt, id] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    if (typeof createdAt === "number" && typeof id === "string") return { createdAt, id };
  } catch {
    // Whatever is wrong with it, it isn't a token of ours.
  }
  throw invalidToken(token);
}

const invalidToken = (token: string) =>
  invalidValue(`Value ( ${token} ) for parameter NextToken is invalid. The token is invalid.`);

/** Enough of a request's digest to tell it from others, at the end of each of its tokens. */
const boundTo = (request: () => string) => request().slice(0, 16);

/** A request with the token as `pageOf` made it. Throws InvalidParameterValue for one that belongs to another request. */
export function withOwnToken<Input extends PageRequest>(input: Input, request: () => string): Input {
  const { NextToken } = input;
  if (NextToken === undefined || NextToken === "") return input;
  const bound = boundTo(request);
  if (!NextToken.endsWith(bound)) throw invalidToken(NextToken);
  return { ...input, NextToken: NextToken.slice(0, -bound.length) };
}

/** An answer whose token is good for the request alone that it answers; `request` makes a digest of it, without its page. */
export function withBoundToken<Output extends PageRequest>(output: Output, request: () => string): Output {
  const { NextToken } = output;
  return NextToken ? { ...output, NextToken: NextToken + boundTo(request) } : output;
}
