import type {
  CreateNetworkAclCommandInput,
  CreateNetworkAclCommandOutput,
  CreateNetworkAclEntryCommandInput,
  DeleteNetworkAclCommandInput,
  DeleteNetworkAclEntryCommandInput,
  NetworkAclEntry,
  ReplaceNetworkAclAssociationCommandInput,
  ReplaceNetworkAclAssociationCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { requiredCidr } from "./addresses.ts";
import { dependencyViolation, fresh } from "./fresh.ts";
import { type NetworkAclResource, networkAclShape, networkAcls } from "./network-acls.ts";
import { aclEntry } from "./new-vpc.ts";
import { vpcs } from "./vpcs.ts";

const lastRuleNumber = 32766;
const protocolNumbers: Readonly<Record<string, string>> = { all: "-1", icmp: "1", tcp: "6", udp: "17", icmpv6: "58" };

const CreateNetworkAcl: Write<CreateNetworkAclCommandInput, Output<CreateNetworkAclCommandOutput>> = (input, scope) => {
  const { id: VpcId } = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const acl = scope.put(networkAcls, {
    ...fresh(networkAcls, input.TagSpecifications, scope),
    facts: {
      VpcId,
      IsDefault: false,
      Associations: [],
      Entries: [aclEntry(32767, "deny", true), aclEntry(32767, "deny", false)],
    },
  });
  return { NetworkAcl: networkAclShape(acl, scope), ...(input.ClientToken && { ClientToken: input.ClientToken }) };
};

const DeleteNetworkAcl: Write<DeleteNetworkAclCommandInput, object> = (input, scope) => {
  const { id, facts } = scope.find(networkAcls, required(input.NetworkAclId, "networkAclId"));
  if (facts.IsDefault) throw invalidValue(`cannot delete default network ACL ${id}`);
  if (facts.Associations?.length) throw dependencyViolation("networkAcl", id);
  scope.delete(networkAcls, id);
  return {};
};

function entryOf(input: CreateNetworkAclEntryCommandInput): NetworkAclEntry {
  const RuleNumber = required(input.RuleNumber, "ruleNumber");
  if (RuleNumber < 1 || RuleNumber > lastRuleNumber)
    throw invalidValue(
      `Value (${RuleNumber}) for parameter ruleNumber is invalid. Rule number must be between 1 and ${lastRuleNumber}`,
    );
  const protocol = required(input.Protocol, "protocol").toLowerCase();
  const Protocol = protocolNumbers[protocol] ?? protocol;
  if (!/^(-1|\d{1,3})$/.test(Protocol) || Number(Protocol) > 255)
    throw invalidValue(`Invalid value '${input.Protocol}' for IP protocol. Unknown protocol.`);
  const RuleAction = required(input.RuleAction, "ruleAction");
  if (RuleAction !== "allow" && RuleAction !== "deny")
    throw invalidValue(`Value (${RuleAction}) for parameter ruleAction is invalid.`);
  if (!input.CidrBlock && !input.Ipv6CidrBlock) throw missingParameter("cidrBlock or ipv6CidrBlock");
  const ported = Protocol === "6" || Protocol === "17";
  if (ported && (input.PortRange?.From === undefined || input.PortRange.To === undefined))
    throw missingParameter("portRange");
  const typed = Protocol === "1" || Protocol === "58";
  if (typed && input.IcmpTypeCode?.Type === undefined) throw missingParameter("icmpTypeCode");
  return {
    RuleNumber,
    Protocol,
    RuleAction,
    Egress: required(input.Egress, "egress"),
    ...(input.CidrBlock
      ? { CidrBlock: requiredCidr(input.CidrBlock, "cidrBlock") }
      : { Ipv6CidrBlock: requiredCidr(input.Ipv6CidrBlock ?? "", "ipv6CidrBlock", "ipv6") }),
    ...(ported && { PortRange: input.PortRange }),
    ...(typed && { IcmpTypeCode: input.IcmpTypeCode }),
  };
}

const sameRule =
  ({ RuleNumber, Egress }: { RuleNumber?: number | undefined; Egress?: boolean | undefined }) =>
  (entry: NetworkAclEntry) =>
    entry.RuleNumber === RuleNumber && entry.Egress === Egress;

function putEntries(acl: NetworkAclResource, entries: readonly NetworkAclEntry[], scope: WriteScope): void {
  const Entries = [...entries].sort(
    (a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0),
  );
  scope.put(networkAcls, { ...acl, facts: { ...acl.facts, Entries } });
}

const noEntry = (number: number) =>
  new AwsError("InvalidNetworkAclEntry.NotFound", `The network acl entry identified by ${number} does not exist.`);

const CreateNetworkAclEntry: Write<CreateNetworkAclEntryCommandInput, object> = (input, scope) => {
  const acl = scope.find(networkAcls, required(input.NetworkAclId, "networkAclId"));
  const entry = entryOf(input);
  const entries = acl.facts.Entries ?? [];
  if (entries.some(sameRule(entry)))
    throw new AwsError(
      "NetworkAclEntryAlreadyExists",
      `The network acl entry identified by ${entry.RuleNumber} already exists.`,
    );
  putEntries(acl, [...entries, entry], scope);
  return {};
};

const ReplaceNetworkAclEntry: Write<CreateNetworkAclEntryCommandInput, object> = (input, scope) => {
  const acl = scope.find(networkAcls, required(input.NetworkAclId, "networkAclId"));
  const entry = entryOf(input);
  const entries = acl.facts.Entries ?? [];
  if (!entries.some(sameRule(entry))) throw noEntry(entry.RuleNumber ?? 0);
  putEntries(acl, [...entries.filter((one) => !sameRule(entry)(one)), entry], scope);
  return {};
};

const DeleteNetworkAclEntry: Write<DeleteNetworkAclEntryCommandInput, object> = (input, scope) => {
  const acl = scope.find(networkAcls, required(input.NetworkAclId, "networkAclId"));
  const RuleNumber = required(input.RuleNumber, "ruleNumber");
  const rule = sameRule({ RuleNumber, Egress: required(input.Egress, "egress") });
  const entries = acl.facts.Entries ?? [];
  if (RuleNumber > lastRuleNumber || !entries.some(rule)) throw noEntry(RuleNumber);
  putEntries(
    acl,
    entries.filter((one) => !rule(one)),
    scope,
  );
  return {};
};

const ReplaceNetworkAclAssociation: Write<
  ReplaceNetworkAclAssociationCommandInput,
  Output<ReplaceNetworkAclAssociationCommandOutput>
> = (input, scope) => {
  const id = required(input.AssociationId, "associationId");
  const wanted = scope.find(networkAcls, required(input.NetworkAclId, "networkAclId"));
  for (const acl of scope.list(networkAcls)) {
    const associations = acl.facts.Associations ?? [];
    const association = associations.find((one) => one.NetworkAclAssociationId === id);
    if (!association) continue;
    if (acl.facts.VpcId !== wanted.facts.VpcId)
      throw invalidValue(`Network ACL ${wanted.id} and subnet ${association.SubnetId} belong to different networks`);
    const NewAssociationId = scope.newId({ prefix: "aclassoc" });
    const Associations = associations.filter((one) => one !== association);
    const left = scope.put(networkAcls, { ...acl, facts: { ...acl.facts, Associations } });
    const onto = wanted.id === left.id ? left : wanted;
    const moved = { ...association, NetworkAclAssociationId: NewAssociationId, NetworkAclId: onto.id };
    scope.put(networkAcls, {
      ...onto,
      facts: { ...onto.facts, Associations: [...(onto.facts.Associations ?? []), moved] },
    });
    return { NewAssociationId };
  }
  throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
};

export const networkAclActions: Actions = {
  writes: {
    CreateNetworkAcl,
    DeleteNetworkAcl,
    CreateNetworkAclEntry,
    ReplaceNetworkAclEntry,
    DeleteNetworkAclEntry,
    ReplaceNetworkAclAssociation,
  },
};
