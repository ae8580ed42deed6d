import type { TagSpecification } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Kind, StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";

/** What every new resource has; its tags are those that the request gives its kind. */
export function fresh(
  kind: Pick<Kind<never>, "prefix" | "type">,
  specifications: readonly TagSpecification[] | undefined,
  scope: Pick<WriteScope, "newId" | "now">,
): { id: string; createdAt: number; tags: StoredTag[] } {
  return { id: scope.newId(kind), createdAt: scope.now, tags: tagsFor(specifications, kind.type) };
}

/** `The vpc 'vpc-1' has dependencies and cannot be deleted.` */
export const dependencyViolation = (noun: string, id: string) =>
  new AwsError("DependencyViolation", `The ${noun} '${id}' has dependencies and cannot be deleted.`);
