import type { WireRequest, WireResponse } from "../../../aws/http.ts";
import { ownCall } from "../../../aws/service-call.ts";
import type { Identity } from "../../../identity/index.ts";
import { type InstanceResource, instanceState, instances } from "../instances/kinds.ts";
import type { Place } from "../mechanism/inventory.ts";
import { type Scope, scopeOver } from "../mechanism/scope.ts";
import { type Categories, categoriesOf, identityDocument } from "./categories.ts";
import { type RoleParts, roleCategory } from "./role.ts";

export interface MetadataParts extends RoleParts {
  /** Seals the session tokens of IMDSv2. */
  readonly seal: Identity["seal"];
}

type Head = Omit<WireRequest, "body">;

const text = { "content-type": "text/plain", server: "EC2ws" };
const longestTtl = 21_600;
const ttlHeader = "x-aws-ec2-metadata-token-ttl-seconds";

const refusals: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};

function refuse(status: number): WireResponse {
  const reason = `${status} - ${refusals[status]}`;
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>${reason}</title></head><body><h1>${reason}</h1></body></html>\n`;
  return { status, headers: { ...text, "content-type": "text/html" }, body };
}

/**
 * The instance metadata service, versions 1 and 2, of one instance: `path` is what stands behind the instance's own path, such
 * as `latest/meta-data/instance-id`.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export function createMetadata(parts: MetadataParts) {
  const { inventory, clock, seal } = parts;

  async function newToken(id: string, { headers }: Head): Promise<WireResponse> {
    const ttl = /^\d+$/.test(headers[ttlHeader] ?? "") ? Number(headers[ttlHeader]) : 0;
    if (ttl < 1 || ttl > longestTtl) return refuse(400);
    const sealed = await seal.close(String(clock.now() + ttl * 1000), `metadata of ${id}`);
    return { status: 200, headers: { ...text, [ttlHeader]: String(ttl) }, body: sealed.toString("base64url") };
  }

  async function isToken(id: string, token: string): Promise<boolean> {
    const until = await seal.open(Buffer.from(token, "base64url"), `metadata of ${id}`);
    return until !== undefined && Number(until) > clock.now();
  }

  async function categories(place: Place, id: string, path: string, version: "1.0" | "2.0") {
    const scoped = <T>(work: (instance: InstanceResource, scope: Scope) => T) =>
      inventory.read(place, (tables) => {
        const scope = scopeOver(tables, ownCall(place, ""), clock.now());
        const instance = scope.get(instances, id);
        return instance && work(instance, scope);
      });
    const found = await scoped((instance, scope) => ({
      instance,
      metaData: categoriesOf(instance, scope),
      document: identityDocument(instance, scope),
    }));
    if (!found) return undefined;
    const { instance, metaData, document } = found;
    const iam = path.startsWith("meta-data") ? await roleCategory(parts, place, instance, version) : undefined;
    return {
      dynamic: { "instance-identity": { document } },
      "meta-data": { ...metaData, iam },
      "user-data":
        instance.attributes.userData && Buffer.from(instance.attributes.userData, "base64").toString("latin1"),
    };
  }

  return async (place: Place, id: string, path: string, head: Head): Promise<WireResponse> => {
    const { method, headers } = head;
    const instance = await inventory.read(place, (tables) => tables.get(instances, id));
    const state = instance && instanceState(instance, clock.now());
    if (!instance || (state !== "running" && state !== "pending" && state !== "shutting-down")) return refuse(404);
    if (instance.metadataOptions.HttpEndpoint === "disabled") return refuse(403);
    if (path === "latest/api/token") return method === "PUT" ? newToken(id, head) : refuse(405);
    if (method !== "GET" && method !== "HEAD") return refuse(405);
    const token = headers["x-aws-ec2-metadata-token"];
    if (token === undefined && instance.metadataOptions.HttpTokens === "required") return refuse(401);
    if (token !== undefined && !(await isToken(id, token))) return refuse(401);
    if (path === "") return { status: 200, headers: text, body: "latest" };
    const [, version, below = ""] = /^(latest|1\.0|\d{4}-\d\d-\d\d)(?:\/(.*))?$/.exec(path) ?? [];
    if (version === undefined) return refuse(404);
    const all = await categories(place, id, below, token === undefined ? "1.0" : "2.0");
    const shown = all && at(all, below);
    return shown === undefined ? refuse(404) : { status: 200, headers: text, body: shown };
  };
}

/** The text of a category, or the names of those below it; undefined when there is none of the path. */
function at(all: Categories, path: string): string | undefined {
  let here: string | Categories | undefined = all;
  for (const part of path.split("/").filter((one) => one !== "")) {
    if (here === undefined || typeof here === "string") return undefined;
    const name: string | undefined = Object.keys(here).find((key) => key === part || key.startsWith(`${part}=`));
    here = name === undefined ? undefined : here[name];
  }
  if (here === undefined || typeof here === "string") return here;
  return Object.entries(here)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === "string" || name.includes("=") ? name : `${name}/`))
    .sort()
    .join("\n");
}
