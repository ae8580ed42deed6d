import type { Call } from "../aws/call.ts";
import type { RecordResource } from "./record.ts";

interface ResourceRow {
  readonly action: string;
  /** The input member that names the resource. */
  readonly member: string;
  readonly type: string;
  /** The resource's ARN; the member is one already when not given. */
  readonly arn?: (name: string, call: Call) => string;
}

// Account-less, as AWS's guide on EBS shows it.
const snapshot = (id: string, call: Call) => `arn:aws:ec2:${call.region}::snapshot/${id}`;

const connectEndpoint = (id: string, call: Call) =>
  `arn:aws:ec2:${call.region}:${call.account}:instance-connect-endpoint/${id}`;

// The services whose records name resources, besides S3. EC2, IAM and CloudTrail have none (0 of 1,900 records).
const rows: readonly ResourceRow[] = [
  { action: "AssumeRole", member: "RoleArn", type: "AWS::IAM::Role" },
  { action: "AssumeRoleWithSAML", member: "RoleArn", type: "AWS::IAM::Role" },
  { action: "AssumeRoleWithSAML", member: "PrincipalArn", type: "AWS::IAM::SAMLProvider" },
  { action: "AssumeRoleWithWebIdentity", member: "RoleArn", type: "AWS::IAM::Role" },
  {
    action: "OpenTunnel",
    member: "instanceConnectEndpointId",
    type: "AWS::EC2::InstanceConnectEndpoint",
    arn: connectEndpoint,
  },
  { action: "ListSnapshotBlocks", member: "SnapshotId", type: "AWS::EC2::Snapshot", arn: snapshot },
  { action: "ListChangedBlocks", member: "FirstSnapshotId", type: "AWS::EC2::Snapshot", arn: snapshot },
  { action: "ListChangedBlocks", member: "SecondSnapshotId", type: "AWS::EC2::Snapshot", arn: snapshot },
  { action: "GetSnapshotBlock", member: "SnapshotId", type: "AWS::EC2::Snapshot", arn: snapshot },
  { action: "PutSnapshotBlock", member: "SnapshotId", type: "AWS::EC2::Snapshot", arn: snapshot },
];

/** The resources that records of an action name, from the call's input; undefined for an action that names none. */
export function resourcesOf(action: string): ((call: Call) => RecordResource[] | undefined) | undefined {
  const own = rows.filter((row) => row.action === action);
  if (own.length === 0) return undefined;
  return (call) => {
    const found = own.flatMap(({ member, type, arn }) => {
      const name = call.input?.[member];
      if (typeof name !== "string") return [];
      const ARN = arn ? arn(name, call) : name;
      return [{ accountId: ARN.split(":")[4] || call.account, type, ARN }];
    });
    return found.length > 0 ? found : undefined;
  };
}
