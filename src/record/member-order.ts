/**
 * The order of members where a record's is not the SDK's, which puts required members first. "model": the order of the
 * service's own model. "observed": the order of most real records of the action (IAM writes some actions in two orders,
 * from two of its parts).
 */
export const memberOrder: readonly {
  readonly structure: string;
  readonly order: string;
  readonly evidence: "model" | "observed";
}[] = [
  {
    structure: "ec2-instance-connect.SendSerialConsoleSSHPublicKeyRequest",
    order: "InstanceId SerialPort SSHPublicKey",
    evidence: "model",
  },
  { structure: "cloudtrail.AdvancedEventSelector", order: "Name FieldSelectors", evidence: "model" },
  {
    structure: "cloudtrail.CancelQueryRequest",
    order: "EventDataStore QueryId EventDataStoreOwnerAccountId",
    evidence: "model",
  },
  {
    structure: "cloudtrail.GetQueryResultsRequest",
    order: "EventDataStore QueryId NextToken MaxQueryResults EventDataStoreOwnerAccountId",
    evidence: "model",
  },
  {
    structure: "cloudtrail.ListInsightsMetricDataRequest",
    order:
      "TrailName EventSource EventName InsightType ErrorCode StartTime EndTime Period DataType MaxResults NextToken",
    evidence: "model",
  },
  {
    structure: "cloudtrail.PutInsightSelectorsRequest",
    order: "TrailName InsightSelectors EventDataStore InsightsDestination",
    evidence: "model",
  },
  { structure: "cloudtrail.RequestWidget", order: "QueryStatement QueryParameters ViewProperties", evidence: "model" },
  {
    structure: "sts.GetWebIdentityTokenRequest",
    order: "Audience DurationSeconds SigningAlgorithm Tags",
    evidence: "model",
  },
  { structure: "iam.AccessKeyLastUsed", order: "LastUsedDate ServiceName Region", evidence: "model" },
  {
    structure: "iam.CreateDelegationRequestRequest",
    order:
      "OwnerAccountId Description Permissions RequestMessage RequestorWorkflowId RedirectUrl NotificationChannel SessionDuration OnlySendByOwner",
    evidence: "model",
  },
  { structure: "iam.CreateGroupRequest", order: "Path GroupName", evidence: "model" },
  {
    structure: "iam.CreatePolicyRequest",
    order: "PolicyDocument Path Tags Description PolicyName",
    evidence: "observed",
  },
  {
    structure: "iam.CreateRoleRequest",
    order: "Path RoleName AssumeRolePolicyDocument Description MaxSessionDuration PermissionsBoundary Tags",
    evidence: "model",
  },
  { structure: "iam.CreateUserRequest", order: "UserName PermissionsBoundary Tags Path", evidence: "observed" },
  { structure: "iam.CreateVirtualMFADeviceRequest", order: "Path VirtualMFADeviceName Tags", evidence: "model" },
  { structure: "iam.DeactivateMFADeviceRequest", order: "UserName SerialNumber", evidence: "model" },
  { structure: "iam.DeleteAccessKeyRequest", order: "UserName AccessKeyId", evidence: "model" },
  { structure: "iam.DeleteRolePolicyRequest", order: "PolicyName RoleName", evidence: "observed" },
  {
    structure: "iam.DeleteServiceSpecificCredentialRequest",
    order: "UserName ServiceSpecificCredentialId",
    evidence: "model",
  },
  { structure: "iam.DeleteSigningCertificateRequest", order: "UserName CertificateId", evidence: "model" },
  { structure: "iam.DetachUserPolicyRequest", order: "PolicyArn UserName", evidence: "observed" },
  {
    structure: "iam.EvaluationResult",
    order:
      "EvalActionName EvalResourceName EvalDecision MatchedStatements MissingContextValues OrganizationsDecisionDetail PermissionsBoundaryDecisionDetail EvalDecisionDetails ResourceSpecificResults",
    evidence: "model",
  },
  {
    structure: "iam.ListPoliciesGrantingServiceAccessRequest",
    order: "Marker Arn ServiceNamespaces",
    evidence: "model",
  },
  { structure: "iam.PutRolePolicyRequest", order: "RoleName PolicyDocument PolicyName", evidence: "observed" },
  {
    structure: "iam.RemoveRoleFromInstanceProfileRequest",
    order: "RoleName InstanceProfileName",
    evidence: "observed",
  },
  {
    structure: "iam.ResetServiceSpecificCredentialRequest",
    order: "UserName ServiceSpecificCredentialId",
    evidence: "model",
  },
  {
    structure: "iam.ServiceLastAccessed",
    order:
      "ServiceName LastAuthenticated ServiceNamespace LastAuthenticatedEntity LastAuthenticatedRegion TotalAuthenticatedEntities TrackedActionsLastAccessed",
    evidence: "model",
  },
  {
    structure: "iam.ServiceSpecificCredential",
    order:
      "CreateDate ExpirationDate ServiceName ServiceUserName ServicePassword ServiceCredentialAlias ServiceCredentialSecret ServiceSpecificCredentialId UserName Status",
    evidence: "model",
  },
  {
    structure: "iam.ServiceSpecificCredentialMetadata",
    order:
      "UserName Status ServiceUserName ServiceCredentialAlias CreateDate ExpirationDate ServiceSpecificCredentialId ServiceName",
    evidence: "model",
  },
  {
    structure: "iam.SimulateCustomPolicyRequest",
    order:
      "PolicyInputList PermissionsBoundaryPolicyInputList ActionNames ResourceArns ResourcePolicy ResourceOwner CallerArn ContextEntries ResourceHandlingOption MaxItems Marker",
    evidence: "model",
  },
  {
    structure: "iam.SimulatePrincipalPolicyRequest",
    order:
      "PolicySourceArn PolicyInputList PermissionsBoundaryPolicyInputList ActionNames ResourceArns ResourcePolicy ResourceOwner CallerArn ContextEntries ResourceHandlingOption MaxItems Marker",
    evidence: "model",
  },
  { structure: "iam.UpdateAccessKeyRequest", order: "UserName AccessKeyId Status", evidence: "model" },
  {
    structure: "iam.UpdateSAMLProviderRequest",
    order: "SAMLMetadataDocument SAMLProviderArn AssertionEncryptionMode AddPrivateKey RemovePrivateKey",
    evidence: "model",
  },
  {
    structure: "iam.UpdateServiceSpecificCredentialRequest",
    order: "UserName ServiceSpecificCredentialId Status",
    evidence: "model",
  },
  { structure: "iam.UpdateSigningCertificateRequest", order: "UserName CertificateId Status", evidence: "model" },
  {
    structure: "iam.UploadServerCertificateRequest",
    order: "Path ServerCertificateName CertificateBody PrivateKey CertificateChain Tags",
    evidence: "model",
  },
  { structure: "iam.UploadSigningCertificateRequest", order: "UserName CertificateBody", evidence: "model" },
  {
    structure: "ebs.ListChangedBlocksRequest",
    order: "FirstSnapshotId SecondSnapshotId NextToken MaxResults StartingBlockIndex",
    evidence: "model",
  },
  {
    structure: "ebs.PutSnapshotBlockRequest",
    order: "SnapshotId BlockIndex BlockData DataLength Progress Checksum ChecksumAlgorithm",
    evidence: "model",
  },
];
