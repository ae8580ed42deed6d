import { createHash } from "node:crypto";
import type { Place } from "../mechanism/inventory.ts";

const aliasOfAws = "alias/aws/ebs";

/** The ARN of a KMS key as requests name it: by ARN, id or alias; AWS's own key of the account for EBS when not named. */
export function keyArn(named: string | undefined, { account, region }: Place): string {
  const prefix = `arn:aws:kms:${region}:${account}:`;
  if (named?.includes(":key/")) return named;
  const alias = named === undefined ? aliasOfAws : named.startsWith(prefix) ? named.slice(prefix.length) : named;
  if (!alias.startsWith("alias/")) return `${prefix}key/${alias}`;
  // KMS isn't here to tell which key an alias stands for: the same alias gives the same id.
  const hex = createHash("sha256").update(`${alias} of ${account} in ${region}`).digest("hex");
  const id = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, "$1-$2-4$3-a$4-$5");
  return `${prefix}key/${id}`;
}

/** The ARN of the KMS key of an encrypted volume or snapshot. */
export function volumeKeyArn({ facts }: { readonly facts: { readonly KmsKeyId?: string } }, place: Place): string {
  return keyArn(facts.KmsKeyId, place);
}
