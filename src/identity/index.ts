export { type AccessKey, accessKeyKey, readAccessKey } from "./access-keys.ts";
export { createIdentity, type Identity } from "./identity.ts";
export {
  type EntityKind,
  entityArn,
  entityKey,
  type InstanceProfile,
  type Role,
  type Root,
  rootKey,
  type Tag,
  type User,
} from "./principals.ts";
export type { SessionCaller, SessionCredentials } from "./sessions.ts";
