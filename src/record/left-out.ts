/**
 * Members that no record shows, though the model doesn't call them sensitive: one-time codes. "observed": in no record of
 * the action; "inferred": as its neighbours.
 */
export const leftOut: readonly {
  readonly structure: string;
  readonly members: string;
  readonly evidence: "observed" | "inferred";
}[] = [
  { structure: "sts.GetSessionTokenRequest", members: "TokenCode", evidence: "observed" },
  { structure: "sts.AssumeRoleRequest", members: "TokenCode", evidence: "inferred" },
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
