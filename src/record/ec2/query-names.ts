import type { NormalizedSchema } from "@smithy/core/schema";
import type { Action } from "../../aws/model.ts";
import { upperFirst } from "../text.ts";

/** The name of a member in EC2's Query string, by the ec2Query protocol: its own, else that of the XML, else the member's. */
export function queryName(member: string, schema: NormalizedSchema): string {
  const traits = schema.getMergedTraits() as { ec2QueryName?: string; xmlName?: string };
  return traits.ec2QueryName ?? (traits.xmlName ? upperFirst(traits.xmlName) : member);
}

/** The name of a member in EC2's XML answers. */
export function xmlName(member: string, schema: NormalizedSchema): string {
  return (schema.getMemberTraits() as { xmlName?: string }).xmlName ?? member;
}

/** Does EC2 answer this action with `<return>true</return>`, in its model or because the model has nothing at all? */
export function returns(action: Action): boolean {
  const { output } = action;
  if (!output.isStructSchema()) return true;
  const members = [...output.structIterator()];
  return (
    members.length === 0 ||
    members.some(([member, schema]) => xmlName(member, schema) === "return" && schema.isBooleanSchema())
  );
}
