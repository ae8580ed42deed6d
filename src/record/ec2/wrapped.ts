import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import { inHashMapOrder } from "../json-of-xml.ts";
import type { Note } from "../rule.ts";
import { isObject, isoSeconds, removed } from "../values.ts";
import { type XmlForm, xmlWriter } from "../xml-writer.ts";
import { queryName, returns, xmlName } from "./query-names.ts";
import { nullWhenEmpty, requestElements } from "./wrapped-actions.ts";

/** Makes the function that writes a wrapped EC2 action's requestParameters: `{"<Action>Request": …}`. */
export function wrappedRequest(action: Action, note: Note): (input: Members) => unknown {
  const abbreviated = requestElements[action.name];
  const element = abbreviated ?? `${action.name}Request`;
  const side = "requestParameters";
  note({ side, effect: "named", path: element, origin: abbreviated ? "observed" : "derived" });
  const write = xmlWriter(action.input, requestForm, (rule) => note({ side, ...rule }));
  if (nullWhenEmpty.has(action.name)) {
    note({ side, effect: "typed otherwise", path: "", value: null, from: "nothing sent", origin: "observed", seen: 1 });
    return (input) => emptyIsNull(element, write(input));
  }
  return (input) => ({ [element]: write(input) });
}

function emptyIsNull(element: string, shown: unknown): unknown {
  return shown === "" ? null : { [element]: shown };
}

/** Makes the function that writes a wrapped EC2 action's responseElements: `{"<Action>Response": {xmlns, requestId, …}}`. */
export function wrappedResponse(
  action: Action,
  xmlNamespace: string,
  note: Note,
): (output: Members, requestId: string) => unknown {
  const element = `${action.name}Response`;
  const side = "responseElements";
  note({ side, effect: "named", path: element, origin: "derived" });
  const write = xmlWriter(action.output, responseForm, (rule) => note({ side, ...rule }));
  const withReturn = returns(action);
  if (withReturn) {
    note({ side, effect: "shown though not sent", path: `${element}.return`, value: true, origin: "derived" });
  }
  const head = { xmlns: xmlNamespace, ...(withReturn ? { return: true } : {}) };
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
