import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as ebs from "@aws-sdk/client-ebs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ec2InstanceConnect from "@aws-sdk/client-ec2-instance-connect";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { NormalizedSchema } from "@smithy/core/schema";
import type { SchemaRef, StaticOperationSchema } from "@smithy/types";
import { OpenTunnel$ } from "./open-tunnel.ts";
import { PostObject$ } from "./post-object.ts";

export type Protocol = "ec2Query" | "awsQuery" | "awsJson1.1" | "restJson" | "restXml";

/** One API action of a service, from the AWS SDK's run-time schema. */
export interface Action {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Only for the REST protocols: method, URI template and the status of success. */
  readonly http: { readonly method: string; readonly uri: string; readonly status: number } | undefined;
}

/** What the catalogue says of a service; the rest comes from its SDK package. */
interface CatalogueEntry {
  /** The name in a SigV4 credential scope, and the first label of the host name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly apiVersion: string;
  /** Of its XML answers. */
  readonly xmlNamespace?: string;
  /** In front of the action in X-Amz-Target. */
  readonly targetPrefix?: string;
  /** One endpoint for all Regions; its events belong to us-east-1. */
  readonly global?: boolean;
  readonly sdk: Readonly<Record<string, unknown>>;
}

const catalogue: readonly CatalogueEntry[] = [
  {
    name: "ec2",
    protocol: "ec2Query",
    apiVersion: "2016-11-15",
    xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    sdk: ec2,
  },
  { name: "ebs", protocol: "restJson", apiVersion: "2019-11-02", sdk: ebs },
  {
    name: "ec2-instance-connect",
    protocol: "awsJson1.1",
    apiVersion: "2018-04-02",
    targetPrefix: "AWSEC2InstanceConnectService",
    sdk: { ...ec2InstanceConnect, OpenTunnel$ },
  },
  {
    name: "cloudtrail",
    protocol: "awsJson1.1",
    apiVersion: "2013-11-01",
    targetPrefix: "CloudTrail_20131101",
    sdk: cloudtrail,
  },
  {
    name: "sts",
    protocol: "awsQuery",
    apiVersion: "2011-06-15",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    sdk: sts,
  },
  {
    name: "iam",
    protocol: "awsQuery",
    apiVersion: "2010-05-08",
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    global: true,
    sdk: iam,
  },
  {
    name: "s3",
    protocol: "restXml",
    apiVersion: "2006-03-01",
    xmlNamespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    sdk: { ...s3, PostObject$ },
  },
];

/** An AWS service as OpenTrail knows it. */
export interface Service extends Omit<CatalogueEntry, "sdk"> {
  /** In records: `ec2.amazonaws.com`. */
  readonly eventSource: string;
  readonly actions: ReadonlyMap<string, Action>;
  /** The values of the model's enumerations, by their names (`VolumeType`); the schemas know them as text only. */
  readonly enumerations: ReadonlyMap<string, readonly string[]>;
}

export type ServiceName = "ec2" | "ebs" | "ec2-instance-connect" | "cloudtrail" | "sts" | "iam" | "s3";

// Smithy's static schemas begin with a number that tells the kind; 9 is an operation.
const OPERATION = 9;

/** The actions that an AWS SDK package has schemas of, by name. */
export function actionsOf(sdk: Readonly<Record<string, unknown>>): Map<string, Action> {
  const actions = new Map<string, Action>();
  for (const schema of Object.values(sdk)) {
    if (!Array.isArray(schema) || schema[0] !== OPERATION) continue;
    const [, , name, traits, input, output] = schema as unknown as StaticOperationSchema;
    const http = typeof traits === "object" ? traits.http : undefined;
    actions.set(name, {
      name,
      input: NormalizedSchema.of(input as SchemaRef),
      output: NormalizedSchema.of(output as SchemaRef),
      http: http && { method: http[0], uri: http[1], status: http[2] },
    });
  }
  return actions;
}

function enumerationsOf(sdk: Readonly<Record<string, unknown>>): Map<string, readonly string[]> {
  const enumerations = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(sdk)) {
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) continue;
    const values: unknown[] = Object.values(value);
    if (values.length > 0 && values.every((one) => typeof one === "string")) enumerations.set(name, values);
  }
  return enumerations;
}

/** Every service that OpenTrail answers itself, by name. */
export const services: ReadonlyMap<string, Service> = new Map(
  catalogue.map(({ sdk, ...entry }) => [
    entry.name,
    {
      ...entry,
      eventSource: `${entry.name}.amazonaws.com`,
      actions: actionsOf(sdk),
      enumerations: enumerationsOf(sdk),
    },
  ]),
);

/** The service of a name that is known at compile time. */
export function service(name: ServiceName): Service {
  const found = services.get(name);
  if (!found) throw new Error(`no service ${name} in the catalogue`);
  return found;
}

// S3 has some of its actions signed under names of their own.
const scopes: Readonly<Record<string, ServiceName>> = { s3express: "s3", "s3-object-lambda": "s3" };

/** The service that a credential scope names; undefined when it isn't in the catalogue. */
export function serviceOfScope(name: string): Service | undefined {
  return services.get(Object.hasOwn(scopes, name) ? (scopes[name] ?? name) : name);
}
