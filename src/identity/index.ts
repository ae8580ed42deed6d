export { accountOfAccessKeyId, newAccessKeyId } from "./access-key-id.ts";
export { type AccessKey, accessKeyKey, readAccessKey } from "./access-keys.ts";
export type { KnownResource } from "./actions/requirement.ts";
export { decodeAuthorizationMessage, encodeAuthorizationMessage } from "./authorization-message.ts";
export {
  type Authorize,
  createAuthorize,
  type Denied,
  type ServiceControl,
} from "./authorize.ts";
export type { FederatedSession } from "./federated-session.ts";
export { createIdentity, type Identity } from "./identity.ts";
export { sealed, unsealed } from "./kept-secret.ts";
export { createLearnt, type Learnt, type LearntPrincipal } from "./learnt.ts";
export { codeStep, mfaDeviceKey, mfaDevicesOf, readMfaDevice, useMfaCode } from "./mfa.ts";
export {
  createOutboundFederation,
  type OutboundFederation,
  type TokenAlgorithm,
  tokenAlgorithms,
} from "./outbound-federation.ts";
export { hashPassword, isPassword } from "./passwords.ts";
export { type ManagedPolicies, type Permissions, permissionsOf, policiesOf } from "./permissions.ts";
export {
  accountAliasKey,
  aliasOwnerKey,
  type Entities,
  type EntityKind,
  entityArn,
  entityKey,
  type Group,
  type InstanceProfile,
  type LoginProfile,
  type MfaDevice,
  type OidcProvider,
  type Policy,
  type PolicyHolder,
  type Role,
  type Root,
  rootCaller,
  rootKey,
  type SamlProvider,
  type SigningCertificate,
  type SshPublicKey,
  type User,
} from "./principals.ts";
export { requestContext, tagKeys } from "./request-context.ts";
export { verifySaml } from "./saml.ts";
export type { Seal } from "./seal.ts";
export type { SessionCaller, SessionCredentials, Sessions } from "./sessions.ts";
export { notTrusted } from "./trust.ts";
export { createWebIdentities } from "./web-identity.ts";
