/**
 * Members that no record shows, though the model doesn't call them sensitive: one-time codes, what a tunnel is opened with. "observed": in no record of
 * the action; "inferred": as its neighbours.
 */
export const leftOut: readonly {
  readonly structure: string;
  readonly members: string;
  readonly evidence: "observed" | "inferred";
}[] = [
  { structure: "sts.GetSessionTokenRequest", members: "TokenCode", evidence: "observed" },
  { structure: "sts.AssumeRoleRequest", members: "TokenCode", evidence: "inferred" },
  // Its record has no responseElements in AWS's example.
  {
    structure: "ec2-instance-connect.OpenTunnelResponse",
    members: "upgrade connection accept frames",
    evidence: "inferred",
  },
  {
    structure: "iam.EnableMFADeviceRequest",
    members: "AuthenticationCode1 AuthenticationCode2",
    evidence: "observed",
  },
  {
    structure: "iam.ResyncMFADeviceRequest",
    members: "AuthenticationCode1 AuthenticationCode2",
    evidence: "inferred",
  },
];
