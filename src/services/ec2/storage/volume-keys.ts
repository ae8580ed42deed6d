import { createHash } from "node:crypto";
import type { Place } from "../mechanism/inventory.ts";

/** The ARN of the KMS key of an encrypted volume or snapshot: the one that was asked for, or the account's own for EBS. */
export function volumeKeyArn(
  { facts: { KmsKeyId: asked } }: { readonly facts: { readonly KmsKeyId?: string } },
  { account, region }: Place,
) {
  if (asked?.startsWith("arn:")) return asked;
  const prefix = `arn:aws:kms:${region}:${account}:`;
  if (asked !== undefined && !asked.startsWith("alias/")) return `${prefix}key/${asked}`;
  // KMS isn't here to tell which key an alias stands for: the same alias gives the same id.
  const alias = asked ?? "alias/aws/ebs";
  const hex = createHash("sha256").update(`${alias} of ${account} in ${region}`).digest("hex");
  const id = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, "$1-$2-4$3-a$4-$5");
  return `${prefix}key/${id}`;
}
