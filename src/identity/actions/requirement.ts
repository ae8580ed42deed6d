import type { Call, Members } from "../../aws/call.ts";
import type { AccountId, Region } from "../../aws/names.ts";
import type { Context } from "../../policy/index.ts";
import type { State } from "../../storage/state/state.ts";
import { tagKeys } from "../request-context.ts";

/** One permission that a call needs: all of a call's must be there. */
export interface Requirement {
  /** `ec2:RunInstances` */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resources. */
  readonly resource: string;
  /** The resource as a refusal names it, where that isn't its ARN; "" where it names none. */
  readonly named?: string;
  /** What the conditions of policies may ask of the resource and of what is done to it; keys in lower case. */
  readonly context?: Context;
  /** Whose the resource is, where it may be another account's, and the policy it has itself. */
  readonly owner?: { readonly account: AccountId; readonly policy?: string };
}

/** What is known of a resource that is there. */
export interface KnownResource {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Condition keys, in lower case, such as `ec2:instancetype`. */
  readonly keys: Context;
}

/** What authorization asks of the services: optional, as they may run elsewhere. */
export interface Resources {
  /** A resource of EC2: `absent` when there is none of the id, undefined when that can't be told. */
  ec2(
    place: { readonly account: AccountId; readonly region: Region },
    type: string,
    id: string,
  ): Promise<KnownResource | "absent" | undefined>;
  bucket(name: string): Promise<{ readonly owner: AccountId; readonly policy?: string } | undefined>;
}

export interface RequirementParts {
  readonly state: State;
  readonly resources?: Resources;
}

/** The permissions that a call of one service needs, in the order in which AWS asks for them; none when anybody may. */
export type RequirementsOf = (call: Call, parts: RequirementParts) => Promise<readonly Requirement[]>;

/** All texts and numbers at a path of a call's input, such as `NetworkInterfaces.SubnetId`, through lists. */
export function valuesAt(input: unknown, path: string): string[] {
  let found: unknown[] = [input];
  for (const name of path.split(".")) {
    found = found
      .flatMap((value) => (typeof value === "object" && value !== null ? [(value as Members)[name]] : []))
      .flat();
  }
  return found.filter((value) => ["string", "number", "boolean"].includes(typeof value)).map(String);
}

interface GivenTag {
  readonly Key?: string;
  readonly Value?: string;
}

/** Tags that a request gives, as condition keys. */
export function requestTags(tags: readonly GivenTag[]): Context {
  if (tags.length === 0) return {};
  const named = Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  return { ...tagKeys("aws:requesttag/", named), "aws:tagkeys": Object.keys(named) };
}

/** Tags that a resource has, as condition keys: AWS's, and the service's own. */
export function resourceTags(tags: KnownResource["tags"], service: string): Context {
  const named = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  return { ...tagKeys("aws:resourcetag/", named), ...tagKeys(`${service}:resourcetag/`, named) };
}
