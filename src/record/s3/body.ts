import type { NormalizedSchema } from "@smithy/core/schema";
import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import { inHashMapOrder } from "../json-of-xml.ts";
import type { Note } from "../rule.ts";
import { isObject } from "../values.ts";
import { type XmlForm, xmlWriter } from "../xml-writer.ts";

const s3Form: XmlForm = {
  name: xmlName,
  time: (date) => (Number.isNaN(date.getTime()) ? undefined : date.toISOString()),
  list: (items, schema) =>
    schema.getMergedTraits().xmlFlattened
      ? items
      : { [(schema.getValueSchema().getMergedTraits() as { xmlName?: string }).xmlName ?? "member"]: items },
};

function xmlName(member: string, schema: NormalizedSchema): string {
  return (schema.getMergedTraits() as { xmlName?: string }).xmlName ?? member;
}

/**
 * Makes the function that shows an action's body: the XML under the name of its root element, a policy parsed as
 * `bucketPolicy`. Undefined for an action without a body to show.
 */
export function xmlBody(action: Action, xmlNamespace: string, note: Note): ((input: Members) => Members) | undefined {
  if (!action.input.isStructSchema()) return undefined;
  const payload = [...action.input.structIterator()].find(([, schema]) => schema.getMergedTraits().httpPayload);
  if (!payload) return undefined;
  const [member, schema] = payload;
  const rule = { side: "requestParameters", effect: "named", from: member } as const;
  if (member === "Policy") {
    note({ ...rule, path: "bucketPolicy", origin: "observed" });
    return (input) => ({ bucketPolicy: parsed(input.Policy) });
  }
  if (!schema.isStructSchema()) return undefined;
  const element = xmlName(member, schema);
  note({ ...rule, path: element, origin: "derived" });
  const write = xmlWriter(schema, s3Form, (inner) => note({ side: "requestParameters", ...inner }));
  return (input) => {
    const shown = write(input[member]);
    if (shown === undefined) return {};
    return { [element]: inHashMapOrder({ xmlns: xmlNamespace, ...(isObject(shown) ? shown : {}) }) };
  };
}

function parsed(policy: unknown): unknown {
  try {
    return JSON.parse(String(policy));
  } catch {
    // Not JSON: the service refuses it, and the record shows what was sent.
    return typeof policy === "string" ? policy : {};
  }
}
