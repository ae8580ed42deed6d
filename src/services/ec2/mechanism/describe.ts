import type { Filter, Tag } from "@aws-sdk/client-ec2";
import { invalidCombination } from "./errors.ts";
import { type Filters, matcherOf } from "./filters.ts";
import type { Kind, Resource } from "./kind.ts";
import { type PageLimits, pageOf } from "./paging.ts";
import type { Scope } from "./scope.ts";

/** How resources of a kind are shown: AWS's shape of one, the filters over that shape, the size of a page. */
export interface Description<R extends Resource, Shape extends object> {
  readonly kind: Kind<R>;
  readonly shape: (resource: R, scope: Scope) => Shape;
  readonly filters: Filters<Shape, R>;
  readonly page: PageLimits;
  /** Ids and MaxResults exclude each other. */
  readonly idsOrPages?: boolean;
}

interface DescribeRequest {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** One page: the shapes with the resources that they show, and the token for the next page as the answer has it. */
export interface Described<R extends Resource, Shape> {
  readonly shapes: Shape[];
  readonly resources: readonly R[];
  readonly token: { readonly NextToken?: string };
}

/** What every Describe action does: the asked-for ids or `among`, the filters, the page. */
export function describe<R extends Resource, Shape extends object>(
  { kind, shape, filters, page: limits, idsOrPages }: Description<R, Shape>,
  request: DescribeRequest,
  scope: Scope,
  chosen: { readonly ids?: readonly string[] | undefined; readonly among?: () => readonly R[] } = {},
): Described<R, Shape> {
  if (idsOrPages && chosen.ids?.length && request.MaxResults !== undefined)
    throw invalidCombination(`The parameter ${kind.idSet} cannot be used with the parameter maxResults`);
  const matches = matcherOf(filters, tagsOf, request.Filters);
  const resources = chosen.ids?.length ? scope.findAll(kind, chosen.ids) : (chosen.among?.() ?? scope.list(kind));
  if (!matches) {
    const { page, token } = pageOf(resources, request, limits);
    return { shapes: page.map((resource) => shape(resource, scope)), resources: page, token };
  }
  const shapes = new Map<R, Shape>();
  const { page, token } = pageOf(resources, request, limits, (resource) => {
    const shown = shape(resource, scope);
    const found = matches(shown, resource);
    if (found) shapes.set(resource, shown);
    return found;
  });
  return { shapes: page.map((resource) => shapes.get(resource) as Shape), resources: page, token };
}

function tagsOf(shape: { Tags?: Tag[] | undefined; TagSet?: Tag[] | undefined }): Tag[] | undefined {
  return shape.Tags ?? shape.TagSet;
}
