import type { NormalizedSchema } from "@smithy/core/schema";
import type { Protocol } from "./model.ts";

/** How a timestamp is written: ISO 8601, as in an HTTP header, or as seconds since 1970. */
export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

/** Where a member of an input or output travels in the REST protocols. */
type Binding =
  | { readonly in: "body" | "payload" | "label" | "status" }
  | { readonly in: "header" | "query"; readonly name: string }
  | { readonly in: "headers"; readonly prefix: string };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Its parameter in the Query protocols. */
  readonly queryName: string;
  /** Its element (or attribute) in XML. */
  readonly xmlName: string;
  readonly flattened: boolean;
  readonly attribute: boolean;
  readonly namespace: { readonly prefix: string; readonly uri: string } | undefined;
  readonly binding: Binding;
}

export interface Structure {
  readonly kind: "structure";
  /** Of the root element in XML. */
  readonly xmlName: string;
  readonly members: readonly Member[];
  /** Those that are elements of an XML body, and those that are attributes of the element around them. */
  readonly elements: readonly Member[];
  readonly attributes: readonly Member[];
}

export interface List {
  readonly kind: "list";
  readonly item: Shape;
  readonly itemName: string;
}

export interface Mapping {
  readonly kind: "map";
  readonly value: Shape;
  readonly keyName: string;
  readonly valueName: string;
}

/**
 * A schema of the AWS SDK with its traits looked up once: what the readers and writers of every protocol walk.
 * Source of the naming rules: the SDK's own serialisers, whose mirror image these rooms are.
 */
export type Shape =
  | Structure
  | List
  | Mapping
  | { readonly kind: "string" | "number" | "boolean" | "unit" }
  | { readonly kind: "timestamp"; readonly format: TimestampFormat | undefined }
  | { readonly kind: "blob"; readonly streaming: boolean };

const compiled = new WeakMap<object, Shape>();

/** The shape of a schema, compiled at first use. */
export function shapeOf(schema: NormalizedSchema, protocol: Protocol): Shape {
  const raw = schema.getSchema();
  if (typeof raw !== "object") return compile(schema, protocol);
  let shape = compiled.get(raw);
  if (!shape) {
    shape = compile(schema, protocol);
    compiled.set(raw, shape);
  }
  return shape;
}

// Smithy's numbers for the kinds of timestamp.
const timestampFormats: Readonly<Record<number, TimestampFormat>> = {
  5: "date-time",
  6: "http-date",
  7: "epoch-seconds",
};

function compile(schema: NormalizedSchema, protocol: Protocol): Shape {
  if (schema.isStructSchema()) return structure(schema, protocol);
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return { kind: "list", item: shapeOf(item, protocol), itemName: item.getMergedTraits().xmlName ?? "member" };
  }
  if (schema.isMapSchema()) {
    const value = schema.getValueSchema();
    return {
      kind: "map",
      value: shapeOf(value, protocol),
      keyName: schema.getKeySchema().getMergedTraits().xmlName ?? "key",
      valueName: value.getMergedTraits().xmlName ?? "value",
    };
  }
  if (schema.isTimestampSchema()) return { kind: "timestamp", format: timestampFormats[schema.getSchema() as number] };
  if (schema.isBlobSchema()) return { kind: "blob", streaming: schema.isStreaming() };
  if (schema.isStringSchema()) return { kind: "string" };
  if (schema.isNumericSchema()) return { kind: "number" };
  if (schema.isBooleanSchema()) return { kind: "boolean" };
  if (schema.isUnitSchema()) return { kind: "unit" };
  throw new Error(`the wire doesn't know the kind of schema ${schema.getName(true)}: add it to src/aws/shape.ts`);
}

function structure(schema: NormalizedSchema, protocol: Protocol): Structure {
  // Smithy's static schemas say how many of the first members are required in their seventh place.
  const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
  let members: readonly Member[] | undefined;
  let elements: readonly Member[] | undefined;
  let attributes: readonly Member[] | undefined;
  return {
    kind: "structure",
    xmlName: schema.getMergedTraits().xmlName ?? schema.getName() ?? "",
    // Compiled when first walked: a structure may contain itself.
    get members() {
      members ??= [...schema.structIterator()].map(([name, member], index) =>
        memberOf(name, member, index < required, protocol),
      );
      return members;
    },
    get elements() {
      elements ??= this.members.filter(({ binding, attribute }) => binding.in === "body" && !attribute);
      return elements;
    },
    get attributes() {
      attributes ??= this.members.filter(({ attribute }) => attribute);
      return attributes;
    },
  };
}

function memberOf(name: string, schema: NormalizedSchema, required: boolean, protocol: Protocol): Member {
  const traits = schema.getMergedTraits();
  const binding = bindingOf(traits);
  const xmlName = binding.in === "payload" ? traits.xmlName : schema.getMemberTraits().xmlName;
  const namespace = traits.xmlNamespace;
  return {
    name,
    shape: shapeOf(schema, protocol),
    required,
    queryName: queryNameOf(name, traits, protocol),
    xmlName: xmlName ?? (binding.in === "payload" ? (schema.getName() ?? name) : name),
    flattened: Boolean(traits.xmlFlattened),
    attribute: Boolean(traits.xmlAttribute),
    namespace: Array.isArray(namespace) ? { prefix: String(namespace[0]), uri: String(namespace[1]) } : undefined,
    binding,
  };
}

type Traits = ReturnType<NormalizedSchema["getMergedTraits"]>;

// EC2 has its own rule: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
function queryNameOf(name: string, traits: Traits, protocol: Protocol): string {
  const base = traits.xmlName ?? name;
  if (protocol !== "ec2Query") return base;
  const { ec2QueryName } = traits;
  return typeof ec2QueryName === "string" ? ec2QueryName : base.charAt(0).toUpperCase() + base.slice(1);
}

function bindingOf(traits: Traits): Binding {
  if (traits.httpPayload) return { in: "payload" };
  if (traits.httpLabel) return { in: "label" };
  if (traits.httpHeader) return { in: "header", name: traits.httpHeader.toLowerCase() };
  if (traits.httpPrefixHeaders) return { in: "headers", prefix: traits.httpPrefixHeaders.toLowerCase() };
  if (traits.httpQuery) return { in: "query", name: traits.httpQuery };
  if (traits.httpResponseCode) return { in: "status" };
  return { in: "body" };
}
