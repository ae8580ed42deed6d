import type {
  AddClientIDToOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse,
  DeleteOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse,
  ListOpenIDConnectProvidersResponse,
  RemoveClientIDFromOpenIDConnectProviderRequest,
  UpdateOpenIDConnectProviderThumbprintRequest,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type OidcProvider } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required, tagsOf } from "./checks.ts";
import {
  alreadyExists,
  cannotBeFound,
  invalidInput,
  noSuchEntity,
  quotaExceeded,
  validationError,
  violated,
} from "./errors.ts";
import { addEntity, changeEntity, findEntity, type IamParts, listEntities } from "./store.ts";

const mostClientIds = 100;
const mostThumbprints = 5;

async function findOidcProvider(state: State, account: AccountId, arn: string) {
  const prefix = `arn:aws:iam::${account}:oidc-provider/`;
  if (!arn.startsWith(prefix)) return undefined;
  const entry = await findEntity(state, account, "oidc-provider", arn.slice(prefix.length));
  return entry?.value.name === arn.slice(prefix.length) ? entry : undefined;
}

/** The OpenID Connect provider of an ARN: NoSuchEntity when there is none. */
export async function readOidcProvider(
  state: State,
  account: AccountId,
  arn: string,
): Promise<StateEntry<OidcProvider>> {
  const entry = await findOidcProvider(state, account, arn);
  if (!entry) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return entry;
}

/** The provider's name: its URL without the scheme. */
function nameOf(value: string | undefined): string {
  const url = required("url", value);
  if (/^https:\/\/[^/?#\s]+[^?#\s]*$/.test(url) && URL.canParse(url))
    return url.slice("https://".length).replace(/\/$/, "");
  throw validationError("Invalid Open ID Connect Provider URL");
}

function thumbprintsOf(value: readonly string[] | undefined): readonly string[] {
  const thumbprints = value ?? [];
  if (!thumbprints.every((one) => one.length === 40)) {
    throw violated(
      "thumbprintList",
      "satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]",
    );
  }
  if (thumbprints.length > mostThumbprints) {
    throw invalidInput(`Thumbprint list must contain fewer than ${mostThumbprints} entries.`);
  }
  return thumbprints;
}

function clientIdsOf(ids: readonly string[]): readonly string[] {
  if (!ids.every((id) => id.length >= 1 && id.length <= 255)) {
    throw violated(
      "clientIDList",
      "satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]",
    );
  }
  if (ids.length > mostClientIds) throw quotaExceeded("ClientIdsPerOpenIdConnectProvider", mostClientIds);
  return ids;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html */
export function oidcProviderHandlers({ state, clock }: IamParts): Handlers {
  const read = (account: AccountId, arn: string | undefined) =>
    readOidcProvider(state, account, required("openIDConnectProviderArn", arn));
  const change = (before: StateEntry<OidcProvider>, after: OidcProvider) =>
    changeEntity<"oidc-provider">(state, before, after);

  return {
    async CreateOpenIDConnectProvider(
      input: CreateOpenIDConnectProviderRequest,
      { account },
    ): Promise<CreateOpenIDConnectProviderResponse> {
      const provider: OidcProvider = {
        name: nameOf(input.Url),
        path: "/",
        created: clock.now(),
        tags: tagsOf(input.Tags),
        clientIds: clientIdsOf(input.ClientIDList ?? []),
        thumbprints: thumbprintsOf(input.ThumbprintList),
      };
      if (!(await addEntity(state, account, "oidc-provider", provider))) {
        throw alreadyExists(`Provider with url ${input.Url} already exists.`);
      }
      return {
        OpenIDConnectProviderArn: entityArn(account, "oidc-provider", provider),
        ...(provider.tags.length > 0 && { Tags: [...provider.tags] }),
      };
    },

    async GetOpenIDConnectProvider(
      input: GetOpenIDConnectProviderRequest,
      { account },
    ): Promise<GetOpenIDConnectProviderResponse> {
      const { value: provider } = await read(account, input.OpenIDConnectProviderArn);
      return {
        Url: provider.name,
        ClientIDList: [...provider.clientIds],
        ThumbprintList: [...provider.thumbprints],
        CreateDate: new Date(provider.created),
        Tags: [...provider.tags],
      };
    },

    async ListOpenIDConnectProviders(_: object, { account }): Promise<ListOpenIDConnectProvidersResponse> {
      const providers = await listEntities(state, account, "oidc-provider");
      return {
        OpenIDConnectProviderList: providers.map((one) => ({ Arn: entityArn(account, "oidc-provider", one) })),
      };
    },

    async AddClientIDToOpenIDConnectProvider(
      input: AddClientIDToOpenIDConnectProviderRequest,
      { account },
    ): Promise<object> {
      const before = await read(account, input.OpenIDConnectProviderArn);
      const id = required("clientID", input.ClientID);
      const { clientIds } = before.value;
      if (clientIds.includes(id)) return {};
      await change(before, { ...before.value, clientIds: clientIdsOf([...clientIds, id]) });
      return {};
    },

    async RemoveClientIDFromOpenIDConnectProvider(
      input: RemoveClientIDFromOpenIDConnectProviderRequest,
      { account },
    ): Promise<object> {
      const before = await read(account, input.OpenIDConnectProviderArn);
      const id = required("clientID", input.ClientID);
      await change(before, { ...before.value, clientIds: before.value.clientIds.filter((other) => other !== id) });
      return {};
    },

    async UpdateOpenIDConnectProviderThumbprint(
      input: UpdateOpenIDConnectProviderThumbprintRequest,
      { account },
    ): Promise<object> {
      const before = await read(account, input.OpenIDConnectProviderArn);
      const thumbprints = thumbprintsOf(required("thumbprintList", input.ThumbprintList));
      await change(before, { ...before.value, thumbprints });
      return {};
    },

    async DeleteOpenIDConnectProvider(input: DeleteOpenIDConnectProviderRequest, { account }): Promise<object> {
      const arn = required("openIDConnectProviderArn", input.OpenIDConnectProviderArn);
      const entry = await findOidcProvider(state, account, arn);
      if (!entry) throw cannotBeFound(`OpenId connect Provider ${arn}`);
      await changeEntity<"oidc-provider">(state, entry, undefined);
      return {};
    },
  };
}
