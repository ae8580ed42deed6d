import type {
  CreateManagedPrefixListCommandInput,
  CreateManagedPrefixListCommandOutput,
  DeleteManagedPrefixListCommandInput,
  DeleteManagedPrefixListCommandOutput,
  DescribeManagedPrefixListsCommandInput,
  DescribeManagedPrefixListsCommandOutput,
  DescribePrefixListsCommandInput,
  DescribePrefixListsCommandOutput,
  GetManagedPrefixListAssociationsCommandInput,
  GetManagedPrefixListAssociationsCommandOutput,
  GetManagedPrefixListEntriesCommandInput,
  GetManagedPrefixListEntriesCommandOutput,
  ManagedPrefixList,
  ModifyManagedPrefixListCommandInput,
  ModifyManagedPrefixListCommandOutput,
  PrefixList,
  PrefixListEntry,
  RestoreManagedPrefixListVersionCommandInput,
  RestoreManagedPrefixListVersionCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import { pageOf } from "../mechanism/paging.ts";
import type { Scope } from "../mechanism/scope.ts";
import { securityGroupRules } from "../security-groups/groups.ts";
import { requiredCidr } from "./addresses.ts";
import { dependencyViolation, fresh } from "./fresh.ts";
import { amazonPrefixLists, type PrefixListResource, prefixListOf, prefixLists } from "./prefix-lists.ts";
import { routeTables } from "./route-tables.ts";

const mostEntries = 1000;

const description: Description<PrefixListResource, ManagedPrefixList> = {
  kind: prefixLists,
  page: { min: 1, max: 100 },
  shape: ({ id, name, owner, family, maxEntries, state, versions, tags }, { region, account }) => ({
    PrefixListId: id,
    AddressFamily: family,
    State: state,
    PrefixListArn: `arn:aws:ec2:${region}:${owner === "AWS" ? "aws" : account}:prefix-list/${id}`,
    PrefixListName: name,
    OwnerId: owner,
    Tags: [...tags],
    ...(owner !== "AWS" && { MaxEntries: maxEntries, Version: versions.length }),
  }),
  filters: {
    "owner-id": (list) => list.OwnerId,
    "prefix-list-id": (list) => list.PrefixListId,
    "prefix-list-name": (list) => list.PrefixListName,
  },
};

const amazonDescription: Description<PrefixListResource, PrefixList> = {
  kind: prefixLists,
  page: { min: 5, max: 1000 },
  shape: ({ id, name, versions }) => ({
    PrefixListId: id,
    PrefixListName: name,
    Cidrs: (versions[0] ?? []).map(({ Cidr = "" }) => Cidr),
  }),
  filters: {
    "prefix-list-id": (list) => list.PrefixListId,
    "prefix-list-name": (list) => list.PrefixListName,
  },
};

function entriesOf(
  entries: readonly { readonly Cidr?: string | undefined; readonly Description?: string | undefined }[],
  family: PrefixListResource["family"],
): PrefixListEntry[] {
  return entries.map(({ Cidr, Description }) => ({
    Cidr: requiredCidr(required(Cidr, "cidr"), "cidr", family === "IPv4" ? "ipv4" : "ipv6"),
    ...(Description !== undefined && { Description }),
  }));
}

function checkCount(entries: readonly PrefixListEntry[], maxEntries: number): void {
  if (entries.length > maxEntries)
    throw new AwsError(
      "PrefixListMaxEntriesExceeded",
      "You've reached the maximum number of entries for the prefix list.",
    );
  const cidrs = entries.map(({ Cidr }) => Cidr);
  if (new Set(cidrs).size !== cidrs.length)
    throw new AwsError("DuplicateEntries", "The prefix list can't have the same CIDR twice.");
}

function ownList(id: string | undefined, scope: Scope): PrefixListResource {
  const list = prefixListOf(required(id, "prefixListId"), scope);
  if (list.owner === "AWS")
    throw new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.");
  return list;
}

const CreateManagedPrefixList: Write<
  CreateManagedPrefixListCommandInput,
  Output<CreateManagedPrefixListCommandOutput>
> = (input, scope) => {
  const name = required(input.PrefixListName, "prefixListName");
  const maxEntries = required(input.MaxEntries, "maxEntries");
  const family = required(input.AddressFamily, "addressFamily");
  if (family !== "IPv4" && family !== "IPv6")
    throw invalidValue(`Value (${family}) for parameter addressFamily is invalid. Valid values are IPv4 and IPv6.`);
  if (maxEntries < 1 || maxEntries > mostEntries)
    throw invalidValue(
      `Value (${maxEntries}) for parameter maxEntries is invalid. Must be between 1 and ${mostEntries}`,
    );
  if (name.startsWith("com.amazonaws"))
    throw invalidValue(
      `Value (${name}) for parameter prefixListName is invalid. Names can't begin with com.amazonaws.`,
    );
  const entries = entriesOf(input.Entries ?? [], family);
  checkCount(entries, maxEntries);
  const list = scope.put(prefixLists, {
    ...fresh(prefixLists, input.TagSpecifications, scope),
    name,
    owner: scope.account,
    family,
    maxEntries,
    state: "create-complete",
    versions: [entries],
  });
  return { PrefixList: { ...description.shape(list, scope), State: "create-in-progress" } };
};

const ModifyManagedPrefixList: Write<
  ModifyManagedPrefixListCommandInput,
  Output<ModifyManagedPrefixListCommandOutput>
> = (input, scope) => {
  const list = ownList(input.PrefixListId, scope);
  const { AddEntries = [], RemoveEntries = [], CurrentVersion } = input;
  const changes = AddEntries.length + RemoveEntries.length > 0;
  if (changes && CurrentVersion !== list.versions.length)
    throw new AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
  const added = entriesOf(AddEntries, list.family);
  const gone = new Set([...entriesOf(RemoveEntries, list.family), ...added].map(({ Cidr }) => Cidr));
  const entries = [...(list.versions.at(-1) ?? []).filter(({ Cidr }) => !gone.has(Cidr)), ...added];
  const maxEntries = input.MaxEntries ?? list.maxEntries;
  checkCount(entries, maxEntries);
  const changed = scope.put(prefixLists, {
    ...list,
    name: input.PrefixListName ?? list.name,
    maxEntries,
    state: "modify-complete",
    versions: changes ? [...list.versions, entries] : list.versions,
  });
  return { PrefixList: { ...description.shape(changed, scope), State: "modify-in-progress" } };
};

const RestoreManagedPrefixListVersion: Write<
  RestoreManagedPrefixListVersionCommandInput,
  Output<RestoreManagedPrefixListVersionCommandOutput>
> = (input, scope) => {
  const list = ownList(input.PrefixListId, scope);
  const previous = required(input.PreviousVersion, "previousVersion");
  const entries = list.versions[previous - 1];
  if (required(input.CurrentVersion, "currentVersion") !== list.versions.length || !entries)
    throw new AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
  const versions = [...list.versions, entries];
  const changed = scope.put(prefixLists, { ...list, state: "restore-complete", versions });
  return { PrefixList: { ...description.shape(changed, scope), State: "restore-in-progress" } };
};

/** The route tables and security groups that refer to a list. */
function usersOf(id: string, scope: Scope): string[] {
  const tables = scope
    .list(routeTables)
    .filter(({ facts }) => facts.Routes?.some((route) => route.DestinationPrefixListId === id));
  const groups = scope
    .list(securityGroupRules)
    .filter(({ peer }) => "prefixList" in peer && peer.prefixList === id)
    .map(({ groupId }) => groupId);
  return [...new Set([...tables.map((table) => table.id), ...groups])];
}

const DeleteManagedPrefixList: Write<
  DeleteManagedPrefixListCommandInput,
  Output<DeleteManagedPrefixListCommandOutput>
> = (input, scope) => {
  const list = ownList(input.PrefixListId, scope);
  if (usersOf(list.id, scope).length > 0) throw dependencyViolation("prefix list", list.id);
  scope.delete(prefixLists, list.id);
  return { PrefixList: { ...description.shape(list, scope), State: "delete-in-progress" } };
};

const DescribeManagedPrefixLists: Read<
  DescribeManagedPrefixListsCommandInput,
  Output<DescribeManagedPrefixListsCommandOutput>
> = (input, scope) => {
  const named = input.PrefixListIds?.map((id) => prefixListOf(id, scope));
  const among = () => (named?.length ? named : [...amazonPrefixLists(scope.region), ...scope.list(prefixLists)]);
  const { shapes, token } = describe(description, input, scope, { among });
  return { PrefixLists: shapes, ...token };
};

const DescribePrefixLists: Read<DescribePrefixListsCommandInput, Output<DescribePrefixListsCommandOutput>> = (
  input,
  scope,
) => {
  const named = input.PrefixListIds?.map((id) => prefixListOf(id, scope));
  const among = () => (named?.length ? named : amazonPrefixLists(scope.region));
  const { shapes, token } = describe(amazonDescription, input, scope, { among });
  return { PrefixLists: shapes, ...token };
};

const GetManagedPrefixListEntries: Read<
  GetManagedPrefixListEntriesCommandInput,
  Output<GetManagedPrefixListEntriesCommandOutput>
> = (input, scope) => {
  const { versions } = prefixListOf(required(input.PrefixListId, "prefixListId"), scope);
  const entries = versions[(input.TargetVersion ?? versions.length) - 1];
  if (!entries) throw invalidValue(`Value (${input.TargetVersion}) for parameter targetVersion is invalid.`);
  const items = entries.map((entry, at) => ({ entry, id: entry.Cidr ?? "", createdAt: at }));
  const { page, token } = pageOf(items, input, { min: 1, max: 100 });
  return { Entries: page.map(({ entry }) => entry), ...token };
};

const GetManagedPrefixListAssociations: Read<
  GetManagedPrefixListAssociationsCommandInput,
  Output<GetManagedPrefixListAssociationsCommandOutput>
> = (input, scope) => {
  const { id } = prefixListOf(required(input.PrefixListId, "prefixListId"), scope);
  const PrefixListAssociations = usersOf(id, scope).map((ResourceId) => ({
    ResourceId,
    ResourceOwner: scope.account,
  }));
  return { PrefixListAssociations };
};

export const prefixListActions: Actions = {
  reads: {
    DescribeManagedPrefixLists,
    DescribePrefixLists,
    GetManagedPrefixListEntries,
    GetManagedPrefixListAssociations,
  },
  writes: {
    CreateManagedPrefixList,
    ModifyManagedPrefixList,
    RestoreManagedPrefixListVersion,
    DeleteManagedPrefixList,
  },
};
