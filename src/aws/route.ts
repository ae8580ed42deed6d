import type { WireRequest } from "./http.ts";
import type { Action, Service } from "./model.ts";
import { shapeOf } from "./shape.ts";

/** An action found by method and path, with the raw (still percent-encoded) labels of its path. */
export interface Route {
  readonly action: Action;
  readonly labels: Readonly<Record<string, string>>;
}

interface Template {
  readonly path: RegExp;
  readonly names: readonly string[];
  /** Literal segments; more of them make a path the better match. */
  readonly literals: number;
  readonly candidates: Candidate[];
}

interface Candidate {
  readonly action: Action;
  /** `?uploads` and `?list-type=2` of the URI template. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  readonly queries: readonly string[];
  readonly headers: readonly string[];
}

const tables = new WeakMap<Service, ReadonlyMap<string, readonly Template[]>>();

/**
 * Finds the action of a REST request: method, path, query literals, then required query parameters and headers
 * (CopyObject is a PutObject with x-amz-copy-source), `x-id` last. An S3 path begins with the bucket.
 */
export function routeOf(service: Service, request: Omit<WireRequest, "body">): Route | undefined {
  let table = tables.get(service);
  if (!table) {
    table = tableOf(service);
    tables.set(service, table);
  }
  const query = new URLSearchParams(request.query);
  for (const template of table.get(request.method) ?? []) {
    const match = template.path.exec(request.path);
    const action = match && best(template, query, request.headers);
    if (action) {
      return { action, labels: Object.fromEntries(template.names.map((name, i) => [name, match[i + 1] ?? ""])) };
    }
  }
  return undefined;
}

function best(template: Template, query: URLSearchParams, headers: WireRequest["headers"]): Action | undefined {
  let winner: Action | undefined;
  let highest = -1;
  for (const { action, literals, queries, headers: required } of template.candidates) {
    if (!literals.every(([name, value]) => (value === "" ? query.has(name) : query.get(name) === value))) continue;
    const complete = queries.every((name) => query.has(name)) && required.every((name) => name in headers);
    // Nothing but its required parameters tells this action from the others on its path.
    if (!complete && literals.length === 0 && template.literals === 0) continue;
    const score =
      literals.length * 1000 +
      (complete ? 100 + 2 * (queries.length + required.length) : 0) +
      (query.get("x-id") === action.name ? 1 : 0);
    if (score > highest) {
      highest = score;
      winner = action;
    }
  }
  return winner;
}

function tableOf(service: Service): ReadonlyMap<string, readonly Template[]> {
  const table = new Map<string, Map<string, Template>>();
  for (const action of service.actions.values()) {
    const shape = shapeOf(action.input, service.protocol);
    if (!action.http) continue;
    const members = shape.kind === "structure" ? shape.members : [];
    const [uri = "/", search] = action.http.uri.split("?");
    const inBucket = members.some(({ name, binding }) => name === "Bucket" && binding.in === "label");
    const path = inBucket ? (uri === "/" ? "/{Bucket}" : `/{Bucket}${uri}`) : uri;
    const templates = table.get(action.http.method) ?? new Map<string, Template>();
    table.set(action.http.method, templates);
    const template = templates.get(path) ?? templateOf(path);
    templates.set(path, template);
    const required = members.filter((member) => member.required).map((member) => member.binding);
    template.candidates.push({
      action,
      literals: [...new URLSearchParams(search)].filter(([name]) => name !== "x-id"),
      queries: required.flatMap((binding) => (binding.in === "query" ? [binding.name] : [])),
      headers: required.flatMap((binding) => (binding.in === "header" ? [binding.name] : [])),
    });
  }
  return new Map(
    [...table].map(([method, templates]) => [
      method,
      [...templates.values()].sort((one, other) => other.literals - one.literals),
    ]),
  );
}

function templateOf(path: string): Template {
  const names: string[] = [];
  let literals = 0;
  const pattern = path
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => {
      const label = /^\{([^+}]+)(\+?)\}$/.exec(segment);
      if (label?.[1] === undefined) {
        literals += 1;
        return `/${segment}`;
      }
      names.push(label[1]);
      return label[2] ? "/(.+)" : "/([^/]+)";
    })
    .join("");
  return { path: new RegExp(`^${pattern}/?$`, "s"), names, literals, candidates: [] };
}
