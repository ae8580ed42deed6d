import type { Members } from "../../aws/call.ts";
import { validationError, violation } from "./errors.ts";

interface Constraint {
  /** Of a text: from, to. */
  readonly length?: readonly [number, number];
  /** Of a number: from, to. */
  readonly value?: readonly [number, number];
  readonly oneOf?: readonly string[];
  /** A regular expression for the whole text. */
  readonly pattern?: string;
  /** A pattern whose violation IAM words in its own way. */
  readonly form?: keyof typeof forms;
}

const forms = {
  name: {
    pattern: /^[\w+=,.@-]+$/,
    wording: "It must contain only alphanumeric characters and/or the following: +=,.@_-",
  },
  path: {
    pattern: /^\/([\x21-\x7e]+\/)?$/,
    wording: "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  },
  prefix: {
    pattern: /^\/[\x21-\x7f]*$/,
    wording: "It must begin with / and contain only alphanumeric characters and/or / characters.",
  },
  text: { pattern: /^[\t\n\r\x20-\xff]+$/, wording: "It must contain only printable ASCII characters." },
} as const;

// From the service's model: what a member of this name must be like, or a member of one action.
const constraints: Readonly<Record<string, Constraint>> = {
  AWSServiceName: { length: [1, 128], pattern: String.raw`[\w+=,.@-]+` },
  AccessKeyId: { length: [16, 128], pattern: String.raw`[\w]+` },
  AccountAlias: { length: [3, 63], pattern: "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$" },
  AddPrivateKey: { length: [1, 16384], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  AssertionEncryptionMode: { oneOf: ["Required", "Allowed"] },
  AssignmentStatus: { oneOf: ["Assigned", "Unassigned", "Any"] },
  AssumeRolePolicyDocument: { length: [1, 131072], form: "text" },
  AuthenticationCode1: { length: [6, 6], pattern: String.raw`[\d]+` },
  AuthenticationCode2: { length: [6, 6], pattern: String.raw`[\d]+` },
  CertificateBody: { length: [1, 16384], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  CertificateId: { length: [24, 128], pattern: String.raw`[\w]+` },
  ClientID: { length: [1, 255] },
  CustomSuffix: { length: [1, 64], pattern: String.raw`[\w+=,.@-]+` },
  DeletionTaskId: { length: [1, 1000] },
  Description: { length: [0, 1000], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` },
  Encoding: { oneOf: ["SSH", "PEM"] },
  EntityFilter: { oneOf: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] },
  GroupName: { length: [1, 128], form: "name" },
  InstanceProfileName: { length: [1, 128], form: "name" },
  Marker: { length: [1, 320], pattern: String.raw`[\u0020-\u00FF]+` },
  MaxItems: { value: [1, 1000] },
  MaxPasswordAge: { value: [1, 1095] },
  MaxSessionDuration: { value: [3600, 43200] },
  MinimumPasswordLength: { value: [6, 128] },
  Name: { length: [1, 128], pattern: String.raw`[\w._-]+` },
  NewGroupName: { length: [1, 128], form: "name" },
  NewPassword: { length: [1, 128], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  NewPath: { length: [1, 512], form: "path" },
  NewUserName: { length: [1, 64], form: "name" },
  OldPassword: { length: [1, 128], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  OpenIDConnectProviderArn: { length: [20, 2048] },
  Password: { length: [1, 128], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  PasswordReusePrevention: { value: [1, 24] },
  Path: { length: [1, 512], form: "path" },
  PathPrefix: { length: [1, 512], form: "prefix" },
  PermissionsBoundary: { length: [20, 2048] },
  PolicyArn: { length: [20, 2048] },
  PolicyDocument: { length: [1, 131072], form: "text" },
  PolicyName: { length: [1, 128], form: "name" },
  PolicyUsageFilter: { oneOf: ["PermissionsPolicy", "PermissionsBoundary"] },
  RemovePrivateKey: { length: [22, 64], pattern: "[A-Z0-9]+" },
  RoleName: { length: [1, 64], form: "name" },
  SAMLMetadataDocument: { length: [1000, 10000000] },
  SAMLProviderArn: { length: [20, 2048] },
  SSHPublicKeyBody: { length: [1, 16384], pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  SSHPublicKeyId: { length: [20, 128], pattern: String.raw`[\w]+` },
  Scope: { oneOf: ["All", "AWS", "Local"] },
  SerialNumber: { length: [9, 256], pattern: String.raw`[\w+=/:,.@-]+` },
  Status: { oneOf: ["Active", "Inactive", "Expired"] },
  Url: { length: [1, 255] },
  UserName: { length: [1, 128], form: "name" },
  "CreateUser.UserName": { length: [1, 64], form: "name" },
  VersionId: { pattern: String.raw`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` },
  VirtualMFADeviceName: { length: [1, 128], form: "name" },
};

/** Checks the members that a call gives: ValidationError in the words of AWS. What must be given, the actions check. */
export function checkMembers(action: string, input: Members): void {
  const checked = Object.entries(input).flatMap(([name, value]) => {
    const constraint = constraints[`${action}.${name}`] ?? constraints[name];
    return constraint && value !== undefined ? [{ member: lowerFirst(name), value, constraint }] : [];
  });
  const violations = checked.flatMap(({ member, value, constraint }) => {
    const broken = firstBroken(constraint, value);
    return broken === undefined ? [] : [violation(member, broken)];
  });
  if (violations.length > 0) {
    const detected = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
    throw validationError(`${detected} detected: ${violations.join("; ")}`);
  }
  for (const { member, value, constraint } of checked) {
    const form = constraint.form && forms[constraint.form];
    if (form && typeof value === "string" && !form.pattern.test(value)) {
      throw validationError(`The specified value for ${member} is invalid. ${form.wording}`);
    }
  }
}

function firstBroken({ length, value: range, oneOf, pattern }: Constraint, value: unknown): string | undefined {
  if (range && typeof value === "number") {
    if (value < range[0]) return `have value greater than or equal to ${range[0]}`;
    if (value > range[1]) return `have value less than or equal to ${range[1]}`;
  }
  if (typeof value !== "string") return undefined;
  if (length && value.length > length[1]) return `have length less than or equal to ${length[1]}`;
  if (length && value.length < length[0]) return `have length greater than or equal to ${length[0]}`;
  if (oneOf && !oneOf.includes(value)) return `satisfy enum value set: [${oneOf.join(", ")}]`;
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(value)) {
    return `satisfy regular expression pattern: ${pattern}`;
  }
  return undefined;
}

/** A member's name as IAM's messages have it: `userName`, `sAMLProviderArn`. */
export function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
