import type { Members } from "../../aws/call.ts";
import type { PolicyHolder } from "../../identity/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { cannotBeFound } from "./errors.ts";
import { holders, readHolder } from "./holders.ts";
import { page } from "./paging.ts";
import { checkInlineSize, encodedDocument, policyDocumentOf } from "./policy-documents.ts";
import { changeEntity, type IamParts } from "./store.ts";

interface PolicyInput extends Members {
  readonly PolicyName?: string;
  readonly PolicyDocument?: string;
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#inline-policies */
export function inlinePolicyHandlers({ state }: IamParts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const row of holders) {
    const { holder, kind, member } = row;
    const documentOf = ({ policies }: PolicyHolder, name: string): string => {
      const document = Object.hasOwn(policies, name) ? policies[name] : undefined;
      if (document === undefined) throw cannotBeFound(`The ${kind} policy with name ${name}`);
      return document;
    };

    handlers[`Put${holder}Policy`] = async (input: PolicyInput, { account }) => {
      const name = required("policyName", input.PolicyName);
      const document = policyDocumentOf("policyDocument", input.PolicyDocument, "inline");
      const before = await readHolder(state, account, row, input, "toChange");
      const policies = { ...before.value.policies, [name]: document };
      checkInlineSize(kind, before.value.name, Object.values(policies));
      await changeEntity<typeof kind>(state, before, { ...before.value, policies });
      return {};
    };

    handlers[`Get${holder}Policy`] = async (input: PolicyInput, { account }) => {
      const name = required("policyName", input.PolicyName);
      const { value } = await readHolder(state, account, row, input);
      return { [member]: value.name, PolicyName: name, PolicyDocument: encodedDocument(documentOf(value, name)) };
    };

    handlers[`List${holder}Policies`] = async (input: PolicyInput, { account }) => {
      const { value } = await readHolder(state, account, row, input);
      const { items, paging } = page(Object.keys(value.policies).sort(), (name) => name, input);
      return { PolicyNames: items, ...paging };
    };

    handlers[`Delete${holder}Policy`] = async (input: PolicyInput, { account }) => {
      const name = required("policyName", input.PolicyName);
      const before = await readHolder(state, account, row, input, "toChange");
      documentOf(before.value, name);
      const { [name]: _, ...policies } = before.value.policies;
      await changeEntity<typeof kind>(state, before, { ...before.value, policies });
      return {};
    };
  }
  return handlers;
}
