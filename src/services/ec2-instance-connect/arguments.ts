import sshpk from "sshpk";
import { AwsError } from "../../aws/error.ts";

interface Rule {
  readonly min: number;
  readonly max: number;
  readonly pattern?: string;
}

// What the service's model demands of each argument, by its name in messages.
// Source: https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
const rules = {
  instanceId: { min: 10, max: 32, pattern: "^i-[a-f0-9]+$" },
  instanceOSUser: {
    min: 1,
    max: 32,
    pattern:
      "(^[A-Za-z_][A-Za-z0-9\\@\\._-]{0,30}[A-Za-z0-9\\$_-]?$)|(^(?=.{2,32}$)[0-9]{1,32}[A-Za-z\\@\\._-][A-Za-z0-9\\@\\._-]*[A-Za-z0-9\\$_-]?$)",
  },
  sSHPublicKey: { min: 80, max: 4096 },
  availabilityZone: { min: 6, max: 32, pattern: "^(\\w+-){2,3}\\d+\\w+$" },
} as const satisfies Record<string, Rule>;

/** The service's answer to an argument that it doesn't take. */
export const invalidArguments = (message: string) => new AwsError("InvalidArgsException", message);

/** Gives an argument that fulfils the model's rules; throws InvalidArgsException with the constraint that it breaks. */
export function argument(name: keyof typeof rules, value: string | undefined): string {
  const { min, max, pattern }: Rule = rules[name];
  const shown = value === undefined ? "null" : `'${value}'`;
  const refuse = (constraint: string) =>
    invalidArguments(
      `1 validation error detected: Value ${shown} at '${name}' failed to satisfy constraint: Member must ${constraint}`,
    );
  if (value === undefined) throw refuse("not be null");
  if (value.length < min) throw refuse(`have length greater than or equal to ${min}`);
  if (value.length > max) throw refuse(`have length less than or equal to ${max}`);
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    throw refuse(`satisfy regular expression pattern: ${pattern}`);
  return value;
}

/** The SHA-256 fingerprint of an OpenSSH public key; throws InvalidArgsException when it isn't one. */
export function fingerprint(publicKey: string): string {
  try {
    return sshpk.parseKey(publicKey.trim(), "ssh").fingerprint("sha256").toString();
  } catch (cause) {
    const kind = publicKey.startsWith("ssh-ed25519") ? "ED25519" : publicKey.startsWith("ecdsa-") ? "ECDSA" : "RSA";
    throw new AwsError(
      "InvalidArgsException",
      `Invalid input parameter received for Illegal argument exception: ${kind} - SSH Public key is invalid`,
      { cause },
    );
  }
}
