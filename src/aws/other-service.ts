import { credentialOf } from "./credential.ts";
import { regionFrom } from "./host.ts";
import type { WireRequest } from "./http.ts";
import type { Located } from "./locate.ts";
import { actionsOf, type Protocol, type Service } from "./model.ts";
import type { Region } from "./names.ts";
import { routeOf } from "./route.ts";

type Head = Omit<WireRequest, "body">;

/** The exports of an AWS SDK package for a service, or nothing where it isn't installed. */
export type LoadSdk = (name: string) => Promise<Readonly<Record<string, unknown>> | undefined>;

/** Finds the service of a request that isn't in the catalogue; undefined for what is no AWS call. */
export type LocateOther = (head: Head) => Promise<Located | undefined>;

// Services whose package is named otherwise than they sign. https://github.com/aws/aws-sdk-js-v3/tree/main/clients
const packages: Readonly<Record<string, string>> = {
  "application-autoscaling": "application-auto-scaling",
  apigateway: "api-gateway",
  autoscaling: "auto-scaling",
  "cognito-idp": "cognito-identity-provider",
  config: "config-service",
  dms: "database-migration-service",
  ds: "directory-service",
  elasticfilesystem: "efs",
  elasticloadbalancing: "elastic-load-balancing-v2",
  elasticmapreduce: "emr",
  email: "ses",
  es: "opensearch",
  events: "eventbridge",
  logs: "cloudwatch-logs",
  monitoring: "cloudwatch",
  route53: "route-53",
  secretsmanager: "secrets-manager",
  servicequotas: "service-quotas",
  states: "sfn",
  tagging: "resource-groups-tagging-api",
};

// Services whose records have another name before `.amazonaws.com` than they sign with.
const sources: Readonly<Record<string, string>> = { email: "ses", "execute-api": "apigateway" };

// Nobody signs these: the name before the dot in X-Amz-Target tells.
const targets: Readonly<Record<string, string>> = {
  AWSCognitoIdentityProviderService: "cognito-idp",
  AWSCognitoIdentityService: "cognito-identity",
};

const mostServices = 1_000;
const serviceName = /^[a-z][a-z0-9-]{1,40}$/;

function nameOf(head: Head): string | undefined {
  const credential = credentialOf(head);
  const [target = ""] = (head.headers["x-amz-target"] ?? "").split(".");
  const [, inHost] =
    /^([a-z0-9-]+)\.[a-z]{2,4}(?:-[a-z]+)+-\d\.(?:amazonaws\.com|api\.aws)/.exec(head.headers.host ?? "") ?? [];
  const name = credential?.service || inHost || targets[target];
  return name !== undefined && serviceName.test(name) ? name : undefined;
}

const isForm = ({ headers }: Head) => headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;

/** How a request of an unknown service is written; the model says whether REST means JSON or XML. */
function protocolOf(head: Head, rest: Protocol): Protocol {
  if (isCbor(head) || head.headers["x-amz-target"] !== undefined) return "awsJson1.1";
  if (isForm(head) || /(^|&)Action=/.test(head.query)) return "awsQuery";
  return rest;
}

/** Whether a request is written in CBOR, by Smithy's RPC protocol. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export function isCbor({ headers }: Pick<Head, "headers">): boolean {
  return headers["smithy-protocol"] === "rpc-v2-cbor";
}

/** What is known of a service: its actions from its SDK package, none without it. */
interface Known {
  readonly byProtocol: ReadonlyMap<Protocol, Service>;
  readonly rest: Protocol;
}

const protocols: readonly Protocol[] = ["awsQuery", "awsJson1.1", "restJson", "restXml"];

function known(name: string, sdk: Readonly<Record<string, unknown>> | undefined): Known {
  const actions = sdk ? actionsOf(sdk) : new Map();
  const make = (protocol: Protocol): Service => ({
    name,
    protocol,
    apiVersion: "",
    eventSource: `${sources[name] ?? name}.amazonaws.com`,
    actions,
    enumerations: new Map(),
  });
  return {
    byProtocol: new Map(protocols.map((protocol) => [protocol, make(protocol)])),
    rest: protocolOfSdk(sdk) === "aws.protocols#restXml" ? "restXml" : "restJson",
  };
}

// The package says its protocol only through a client; one is made without credentials and never used.
function protocolOfSdk(sdk: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const [, Client] = Object.entries(sdk ?? {}).find(([name]) => /^[A-Z].*Client$/.test(name)) ?? [];
  if (typeof Client !== "function") return undefined;
  const { config } = new (Client as new (options: object) => { config: { protocol?: { getShapeId?(): string } } })({
    region: "us-east-1",
  });
  return config.protocol?.getShapeId?.();
}

/** Recognises calls of services that aren't in the catalogue, with their SDK's model where it is installed. */
export function otherServices(load: LoadSdk): LocateOther {
  const services = new Map<string, Promise<Known>>();
  const find = (name: string): Promise<Known> => {
    let found = services.get(name);
    if (!found) {
      // A client may sign for any name.
      if (services.size >= mostServices) services.clear();
      found = load(packages[name] ?? name).then((sdk) => known(name, sdk));
      services.set(name, found);
    }
    return found;
  };
  return async (head) => {
    const name = nameOf(head);
    if (name === undefined) return undefined;
    const { byProtocol, rest } = await find(name);
    const service = byProtocol.get(protocolOf(head, rest)) as Service;
    const credential = credentialOf(head);
    const region = regionFrom(credential?.region) ?? ("us-east-1" as Region);
    return { service, region, ...(credential && { credential }), ...actionOf(service, head), streamsInput: false };
  };
}

function actionOf(service: Service, head: Head): Pick<Located, "actionName" | "action" | "labels"> {
  if (service.protocol === "awsQuery") return {};
  const named = namedInHead(head);
  if (named !== undefined) {
    const action = service.actions.get(named);
    return { actionName: named, ...(action && { action }) };
  }
  const route = routeOf(service, head);
  if (route) return { actionName: route.action.name, ...route };
  return { actionName: namedByPath(head) };
}

function namedInHead(head: Head): string | undefined {
  if (isCbor(head)) return /\/operation\/(\w+)$/.exec(head.path)?.[1];
  const target = head.headers["x-amz-target"];
  if (target !== undefined) return target.slice(target.lastIndexOf(".") + 1);
  // aws-cli tells its command: `md/command#lambda.list-functions`.
  const [, command] = /\bmd\/command#[\w-]+\.([\w-]+)/.exec(head.headers["user-agent"] ?? "") ?? [];
  return command === undefined ? undefined : camel(command);
}

const camel = (text: string) => text.replace(/(?:^|[-_])([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
const singular = (noun: string) => noun.replace(/ies$/, "y").replace(/(ss|us)$|s$/, "$1");

// Without a model a REST request tells its action by method and path, as AWS forms most: `GET /2015-03-31/functions` is
// ListFunctions, `DELETE /2015-03-31/functions/cheese` is DeleteFunction.
function namedByPath({ method, path }: Head): string {
  const segments = path.split("/").filter((part) => part !== "" && !/^(\d{4}-\d\d-\d\d|v\d+)$/.test(part));
  const isCollection = segments.length % 2 === 1;
  const noun = camel((isCollection ? segments.at(-1) : segments.at(-2)) ?? "Root").replace(/\W/g, "");
  if (noun === "Invocations") return "Invoke";
  const verbs: Readonly<Record<string, string>> = isCollection
    ? { GET: "List", HEAD: "List", POST: "Create", PUT: "Put", DELETE: "Delete", PATCH: "Update" }
    : { GET: "Get", HEAD: "Get", POST: "Update", PUT: "Update", DELETE: "Delete", PATCH: "Update" };
  const verb = verbs[method] ?? camel(method.toLowerCase());
  return verb + (verb === "List" ? noun : singular(noun));
}

/** Takes an SDK package that is installed beside OpenTrail. */
export const installedSdk: LoadSdk = async (name) => {
  try {
    return (await import(`@aws-sdk/client-${name}`)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
};
