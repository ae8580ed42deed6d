export { type AccessKey, accessKeyKey, readAccessKey } from "./access-keys.ts";
export {
  createIdentity,
  type Identity,
  type IdentityOptions,
  type KeyUse,
  type Resolved,
  type SignedAs,
} from "./identity.ts";
export {
  type Entity,
  type EntityKind,
  entityArn,
  entityKey,
  type InlinePolicies,
  type InstanceProfile,
  type Role,
  type Root,
  rootKey,
  type Tag,
  type User,
} from "./principals.ts";
export type { SessionCaller, SessionCredentials, Sessions } from "./sessions.ts";
