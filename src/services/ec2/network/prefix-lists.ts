import { createHash } from "node:crypto";
import type { ManagedPrefixList, PrefixListEntry } from "@aws-sdk/client-ec2";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";

export interface PrefixListResource extends Resource {
  readonly name: string;
  readonly owner: string;
  readonly family: "IPv4" | "IPv6";
  readonly maxEntries: number;
  readonly state: NonNullable<ManagedPrefixList["State"]>;
  /** The entries of each version, the first one's first; AWS's own lists have none. */
  readonly versions: readonly (readonly PrefixListEntry[])[];
}

export const prefixLists: Kind<PrefixListResource> = {
  type: "prefix-list",
  prefix: "pl",
  idSet: "prefixListIdSet",
  notFound: {
    code: "InvalidPrefixListID.NotFound",
    message: (ids) => `The prefix list ID '${ids.join(", ")}' does not exist`,
  },
  malformed: { code: "InvalidPrefixListId.Malformed", message: invalidId("pl") },
};

// The lists of us-east-1 with AWS's ids and blocks; elsewhere the ids are made of Region and name.
const amazonLists: Readonly<Record<string, { readonly id: string; readonly cidrs: readonly string[] }>> = {
  s3: {
    id: "pl-63a5400a",
    cidrs: ["3.5.0.0/19", "16.15.192.0/18", "18.34.0.0/19", "52.216.0.0/15", "54.231.0.0/16"],
  },
  dynamodb: { id: "pl-02cd2c6b", cidrs: ["3.218.180.0/22", "35.71.64.0/22", "52.94.0.0/22", "52.119.224.0/20"] },
};

/** AWS's own lists of a Region: where its gateway endpoints lead. */
export function amazonPrefixLists(region: string): PrefixListResource[] {
  return Object.entries(amazonLists).map(([service, { id, cidrs }]) => {
    const name = `com.amazonaws.${region}.${service}`;
    const digits = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return {
      id: region === "us-east-1" ? id : `pl-${digits}`,
      createdAt: 0,
      tags: [],
      name,
      owner: "AWS",
      family: "IPv4",
      maxEntries: 0,
      state: "create-complete",
      versions: [cidrs.map((Cidr) => ({ Cidr }))],
    };
  });
}

/** The prefix list of an id, the account's or AWS's. */
export function prefixListOf(id: string, scope: Scope): PrefixListResource {
  return amazonPrefixLists(scope.region).find((list) => list.id === id) ?? scope.find(prefixLists, id);
}
