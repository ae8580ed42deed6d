import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import { inHashMapOrder } from "../json-of-xml.ts";
import { isObject, isoSeconds, removed } from "../values.ts";
import { type XmlForm, xmlWriter } from "../xml-writer.ts";
import { queryName, returns, xmlName } from "./query-names.ts";
import { nullWhenEmpty, requestElements } from "./wrapped-actions.ts";

/** Makes the function that writes a wrapped EC2 action's requestParameters: `{"<Action>Request": …}`. */
export function wrappedRequest(action: Action): (input: Members) => unknown {
  const element = requestElements[action.name] ?? `${action.name}Request`;
  const write = xmlWriter(action.input, requestForm);
  if (nullWhenEmpty.has(action.name)) return (input) => emptyIsNull(element, write(input));
  return (input) => ({ [element]: write(input) });
}

function emptyIsNull(element: string, shown: unknown): unknown {
  return shown === "" ? null : { [element]: shown };
}

/** Makes the function that writes a wrapped EC2 action's responseElements: `{"<Action>Response": {xmlns, requestId, …}}`. */
export function wrappedResponse(action: Action, xmlNamespace: string): (output: Members, requestId: string) => unknown {
  const element = `${action.name}Response`;
  const write = xmlWriter(action.output, responseForm);
  const head = { xmlns: xmlNamespace, ...(returns(action) ? { return: true } : {}) };
  return (output, requestId) => {
    const body = write(output);
    return { [element]: inHashMapOrder({ ...head, requestId, ...(isObject(body) ? body : {}) }) };
  };
}

const requestForm: XmlForm = {
  name: queryName,
  sensitive: removed,
  time: isoSeconds,
  list: (items) => items,
  item: numbered,
};

const responseForm: XmlForm = {
  name: xmlName,
  sensitive: removed,
  time: (date) => (Number.isNaN(date.getTime()) ? undefined : date.toISOString()),
  list: (items) => ({ item: items }),
};

// A list member's index is an attribute of its element, named "tag"; text beside an attribute is "content".
function numbered(item: unknown, index: number): unknown {
  if (isObject(item)) return inHashMapOrder({ tag: index + 1, ...item });
  return item === "" ? { tag: index + 1 } : inHashMapOrder({ tag: index + 1, content: item });
}
