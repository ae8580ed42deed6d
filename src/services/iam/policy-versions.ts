import type {
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyVersionRequest,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  SetDefaultPolicyVersionRequest,
  PolicyVersion as WireVersion,
} from "@aws-sdk/client-iam";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Policy } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { deleteConflict, limitExceeded, noSuchEntity } from "./errors.ts";
import type { ManagedPolicy } from "./managed-policies.ts";
import { page } from "./paging.ts";
import { ownEntry, readPolicy } from "./policies.ts";
import { encodedDocument, policyDocumentOf } from "./policy-documents.ts";
import { changeEntity, type IamParts } from "./store.ts";

const mostVersions = 5;

function versionMissing(arn: string, version: string): string {
  return `Policy ${arn} version ${version} does not exist or is not attachable.`;
}

/** A version as lists show it: without its document. */
export function wireVersion(policy: ManagedPolicy, version: ManagedPolicy["versions"][number]): WireVersion {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersionId,
    CreateDate: new Date(version.created),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html */
export function policyVersionHandlers({ state, clock }: IamParts): Handlers {
  async function readVersion(account: AccountId, arn: string | undefined, versionId: string | undefined) {
    const id = required("versionId", versionId);
    const policy = await readPolicy(state, account, arn, (policyArn) => versionMissing(policyArn, id));
    const version = policy.versions.find((one) => one.id === id);
    if (!version) throw noSuchEntity(versionMissing(policy.arn, id));
    return { policy, version };
  }

  return {
    async CreatePolicyVersion(input: CreatePolicyVersionRequest, { account }): Promise<CreatePolicyVersionResponse> {
      const policy = await readPolicy(state, account, input.PolicyArn);
      const document = policyDocumentOf("policyDocument", input.PolicyDocument, "managed");
      const before = ownEntry(policy, "CreatePolicyVersion");
      if (before.value.versions.length >= mostVersions) {
        throw limitExceeded(
          `A managed policy can have up to ${mostVersions} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const latestVersion = before.value.latestVersion + 1;
      const version = { id: `v${latestVersion}`, document, created: clock.now() };
      const after: Policy = {
        ...before.value,
        latestVersion,
        versions: [version, ...before.value.versions],
        ...(input.SetAsDefault && { defaultVersionId: version.id }),
        updated: version.created,
      };
      await changeEntity(state, before, after);
      return { PolicyVersion: wireVersion({ ...after, arn: policy.arn }, version) };
    },

    async GetPolicyVersion(input: GetPolicyVersionRequest, { account }): Promise<GetPolicyVersionResponse> {
      const { policy, version } = await readVersion(account, input.PolicyArn, input.VersionId);
      if (version.document === undefined) {
        throw new AwsError("ServiceFailure", `OpenTrail doesn't have the document of ${policy.arn}`, { status: 500 });
      }
      return { PolicyVersion: { Document: encodedDocument(version.document), ...wireVersion(policy, version) } };
    },

    async ListPolicyVersions(input: ListPolicyVersionsRequest, { account }): Promise<ListPolicyVersionsResponse> {
      const policy = await readPolicy(state, account, input.PolicyArn);
      // Newest first: a key that rises as the number falls.
      const age = ({ id }: { id: string }) => String(1e9 - Number(id.slice(1)));
      const { items, paging } = page(policy.versions, age, input);
      return { Versions: items.map((version) => wireVersion(policy, version)), ...paging };
    },

    async SetDefaultPolicyVersion(input: SetDefaultPolicyVersionRequest, { account }): Promise<object> {
      const { policy, version } = await readVersion(account, input.PolicyArn, input.VersionId);
      const before = ownEntry(policy, "SetDefaultPolicyVersion");
      await changeEntity(state, before, { ...before.value, defaultVersionId: version.id, updated: clock.now() });
      return {};
    },

    async DeletePolicyVersion(input: DeletePolicyVersionRequest, { account }): Promise<object> {
      const { policy, version } = await readVersion(account, input.PolicyArn, input.VersionId);
      const before = ownEntry(policy, "DeletePolicyVersion");
      if (version.id === policy.defaultVersionId) {
        throw deleteConflict("Cannot delete the default version of a policy.");
      }
      const versions = before.value.versions.filter((one) => one.id !== version.id);
      await changeEntity(state, before, { ...before.value, versions, updated: clock.now() });
      return {};
    },
  };
}
