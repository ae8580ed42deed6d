import type { Call, Members } from "../../aws/call.ts";
import type { Role, User } from "../../identity/index.ts";
import type { StateEntry } from "../../storage/state/state.ts";
import type { Handler, Handlers } from "../service.ts";
import { nameOf, policyDocumentOf, required } from "./checks.ts";
import { noSuchEntity } from "./errors.ts";
import { page } from "./paging.ts";
import { encodedDocument, roleName } from "./roles.ts";
import { changeEntity, type IamParts, readEntity } from "./store.ts";
import { userName } from "./users.ts";

interface PolicyInput extends Members {
  readonly PolicyName?: string;
  readonly PolicyDocument?: string;
  readonly Marker?: string;
  readonly MaxItems?: number;
}

// The same four actions for users and for roles: PutUserPolicy, PutRolePolicy …
const holders = [
  { holder: "User", kind: "user", member: "UserName", nameFrom: userName },
  { holder: "Role", kind: "role", member: "RoleName", nameFrom: roleName },
] as const;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#inline-policies */
export function inlinePolicyHandlers({ state }: IamParts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const { holder, kind, member, nameFrom } of holders) {
    const read = async (input: PolicyInput, call: Call): Promise<StateEntry<User | Role>> =>
      readEntity(state, call.account, kind, nameFrom(input[member] as string | undefined));
    const policyName = (input: PolicyInput) => nameOf("policyName", input.PolicyName, 128);
    const documentOf = ({ value }: StateEntry<User | Role>, name: string): string => {
      const document = Object.hasOwn(value.policies, name) ? value.policies[name] : undefined;
      if (document === undefined) throw noSuchEntity(`The ${kind} policy with name ${name}`);
      return document;
    };
    const change = (before: StateEntry<User | Role>, policies: Readonly<Record<string, string>>) =>
      changeEntity<"user" | "role">(state, before, { ...before.value, policies });

    handlers[`Put${holder}Policy`] = async (input: PolicyInput, call) => {
      const name = policyName(input);
      const document = policyDocumentOf("policyDocument", input.PolicyDocument, "Resource");
      const before = await read(input, call);
      await change(before, { ...before.value.policies, [name]: document });
      return {};
    };

    handlers[`Get${holder}Policy`] = async (input: PolicyInput, call) => {
      const name = policyName(input);
      const entry = await read(input, call);
      const document = documentOf(entry, name);
      return { [member]: entry.value.name, PolicyName: name, PolicyDocument: encodedDocument(document) };
    };

    handlers[`List${holder}Policies`] = async (input: PolicyInput, call) => {
      const names = Object.keys((await read(input, call)).value.policies).sort();
      const { items, paging } = page(names, (name) => name, input);
      return { PolicyNames: items, ...paging };
    };

    handlers[`Delete${holder}Policy`] = async (input: PolicyInput, call) => {
      const name = required("policyName", input.PolicyName);
      const before = await read(input, call);
      documentOf(before, name);
      const { [name]: _, ...others } = before.value.policies;
      await change(before, others);
      return {};
    };
  }
  return handlers;
}
