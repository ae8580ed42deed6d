import { type ResourceKey, resourceKeys, typesByPrefix } from "./lookup-resources.ts";
import type { CloudTrailRecord } from "./record.ts";
import { lowerFirst } from "./text.ts";
import { isArray, isObject } from "./values.ts";

/** What LookupEvents tells of an event beside the record itself; absent members are left out. */
export interface LookupFields {
  readonly username?: string;
  readonly accessKeyId?: string;
  readonly resources: readonly LookupResource[];
  readonly readOnly: "true" | "false";
}

export interface LookupResource {
  readonly type?: string;
  readonly name: string;
}

/**
 * What LookupEvents computes from a record: Username, AccessKeyId, Resources, ReadOnly. Takes any record, also one that
 * was imported; resources are a set. Derived from Event histories that people downloaded.
 */
export function lookupFields(record: CloudTrailRecord): LookupFields {
  const identity: Readonly<Record<string, unknown>> = isObject(record.userIdentity) ? record.userIdentity : {};
  const name = username(identity);
  return {
    ...(name && { username: name }),
    ...(isText(identity.accessKeyId) && { accessKeyId: identity.accessKeyId }),
    resources: [...resourceRows(record)].map(([resource]) => resource),
    readOnly: String(record.readOnly) === "true" ? "true" : "false",
  };
}

function username(identity: Readonly<Record<string, unknown>>): string | undefined {
  const { type, principalId, userName } = identity;
  if (type === "Root") return "root";
  // The session's name, or the federated user's, stands behind the colon.
  if ((type === "AssumedRole" || type === "FederatedUser") && isText(principalId)) {
    const colon = principalId.indexOf(":");
    return colon < 0 ? undefined : principalId.slice(colon + 1);
  }
  return isText(userName) ? userName : undefined;
}

/** The resources of a record, each with the row that names it; that of a tagged resource is none but its id's prefix. */
export function resourceRows(record: CloudTrailRecord): Map<LookupResource, ResourceKey | undefined> {
  const keys = rows.get(record.eventSource);
  const isDescribe = record.eventSource === "ec2.amazonaws.com" && String(record.readOnly) === "true";
  if (!keys || isDescribe || record.eventType === "AwsServiceEvent") return new Map();
  const found = new Map<string, [LookupResource, ResourceKey | undefined]>();
  collect(record.requestParameters, "request");
  collect(record.responseElements, "response");
  return new Map(found.values());

  function collect(node: unknown, side: "request" | "response", key = "", inside = ""): void {
    if (isArray(node)) for (const item of node) collect(item, side, key, inside);
    else if (isObject(node)) {
      // Groups named in permissions are peers, not what the call is about.
      if (key === "ipPermissions") return;
      for (const [name, value] of Object.entries(node)) {
        if (name === "content" || name === "item" || name === "items") collect(value, side, key, inside);
        else collect(value, side, memberOf(name), key);
      }
    } else if (isText(node)) add(node, side, key, inside);
  }

  function add(name: string, side: "request" | "response", key: string, inside: string): void {
    if (key === "resourceId" && /^(Create|Delete)Tags$/.test(record.eventName))
      put(name, typesByPrefix[name.split("-")[0] ?? ""]);
    for (const row of keys?.get(key) ?? []) {
      if (row.inside !== undefined && row.inside !== inside) continue;
      if (row.notInside !== undefined && row.notInside === inside) continue;
      if (row.requestOnly && side === "response") continue;
      if (row.actions && !row.actions.test(record.eventName)) continue;
      put(name, row.type, row);
    }
  }

  function put(name: string, type: string | undefined, row?: ResourceKey): void {
    found.set(`${type} ${name}`, [type === undefined ? { name } : { type, name }, row]);
  }
}

// Wrapped records: VpcId, and networkInterfaceIdSet.item for a list of ids.
function memberOf(name: string): string {
  return lowerFirst(name).replace(/IdSet$/, "Id");
}

const rows = new Map(
  Object.entries(resourceKeys).map(([source, keys]) => {
    const byKey = new Map<string, ResourceKey[]>();
    for (const row of keys) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
    return [source, byKey];
  }),
);

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
