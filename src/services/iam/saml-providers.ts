import type {
  CreateSAMLProviderRequest,
  CreateSAMLProviderResponse,
  DeleteSAMLProviderRequest,
  GetSAMLProviderRequest,
  GetSAMLProviderResponse,
  ListSAMLProvidersResponse,
  UpdateSAMLProviderRequest,
  UpdateSAMLProviderResponse,
} from "@aws-sdk/client-iam";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type SamlProvider } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required, tagsOf } from "./checks.ts";
import { alreadyExists, invalidInput, noSuchEntity } from "./errors.ts";
import { addEntity, changeEntity, findEntity, type IamParts, listEntities } from "./store.ts";

/** The SAML provider of an ARN: NoSuchEntity when there is none. */
export async function readSamlProvider(
  state: State,
  account: AccountId,
  arn: string,
): Promise<StateEntry<SamlProvider>> {
  const entry = await findEntity(state, account, "saml-provider", arn.slice(arn.lastIndexOf("/") + 1));
  if (entry && entityArn(account, "saml-provider", entry.value) === arn) return entry;
  throw noSuchEntity(`Manifest not found for arn ${arn}`);
}

const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: false, attributeNamePrefix: "" });

/** Metadata after SAML 2.0, checked to describe an identity provider: an EntityDescriptor with an IDPSSODescriptor. */
function metadataOf(document: string | undefined): string {
  const text = required("sAMLMetadataDocument", document);
  const wellFormed = XMLValidator.validate(text) === true;
  const { EntityDescriptor: entity } = (wellFormed ? parser.parse(text) : {}) as {
    EntityDescriptor?: { entityID?: string; IDPSSODescriptor?: unknown };
  };
  if (entity?.entityID && entity.IDPSSODescriptor) return text;
  throw invalidInput("Could not parse metadata");
}

// OpenTrail reads assertions that aren't encrypted, so a key to decrypt them would be a promise that it doesn't keep.
function refuseEncryption(input: { AssertionEncryptionMode?: string | undefined; AddPrivateKey?: string | undefined }) {
  if (input.AssertionEncryptionMode !== "Required" && input.AddPrivateKey === undefined) return;
  throw invalidInput("OpenTrail takes no encrypted assertions: leave out the private key and encryption mode Required");
}

// AWS lets a provider be valid for a hundred years.
function validUntil({ created }: SamlProvider): Date {
  const date = new Date(created);
  date.setUTCFullYear(date.getUTCFullYear() + 100);
  return date;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html */
export function samlProviderHandlers({ state, clock, random }: IamParts): Handlers {
  const read = (account: AccountId, arn: string | undefined) =>
    readSamlProvider(state, account, required("sAMLProviderArn", arn));

  return {
    async CreateSAMLProvider(input: CreateSAMLProviderRequest, { account }): Promise<CreateSAMLProviderResponse> {
      const name = required("name", input.Name);
      refuseEncryption(input);
      const provider: SamlProvider = {
        name,
        path: "/",
        created: clock.now(),
        tags: tagsOf(input.Tags),
        uuid: random.uuid(),
        metadata: metadataOf(input.SAMLMetadataDocument),
      };
      if (!(await addEntity(state, account, "saml-provider", provider))) {
        throw alreadyExists(`SAMLProvider with name ${name} already exists.`);
      }
      return {
        SAMLProviderArn: entityArn(account, "saml-provider", provider),
        ...(provider.tags.length > 0 && { Tags: [...provider.tags] }),
      };
    },

    async GetSAMLProvider(input: GetSAMLProviderRequest, { account }): Promise<GetSAMLProviderResponse> {
      const { value: provider } = await read(account, input.SAMLProviderArn);
      return {
        SAMLProviderUUID: provider.uuid,
        SAMLMetadataDocument: provider.metadata,
        CreateDate: new Date(provider.created),
        ValidUntil: validUntil(provider),
        Tags: [...provider.tags],
        AssertionEncryptionMode: "Allowed",
        PrivateKeyList: [],
      };
    },

    async ListSAMLProviders(_: object, { account }): Promise<ListSAMLProvidersResponse> {
      const providers = await listEntities(state, account, "saml-provider");
      return {
        SAMLProviderList: providers.map((provider) => ({
          Arn: entityArn(account, "saml-provider", provider),
          ValidUntil: validUntil(provider),
          CreateDate: new Date(provider.created),
        })),
      };
    },

    async UpdateSAMLProvider(input: UpdateSAMLProviderRequest, { account }): Promise<UpdateSAMLProviderResponse> {
      const before = await read(account, input.SAMLProviderArn);
      refuseEncryption(input);
      if (input.SAMLMetadataDocument !== undefined) {
        const metadata = metadataOf(input.SAMLMetadataDocument);
        await changeEntity<"saml-provider">(state, before, { ...before.value, metadata });
      }
      return { SAMLProviderArn: entityArn(account, "saml-provider", before.value) };
    },

    async DeleteSAMLProvider(input: DeleteSAMLProviderRequest, { account }): Promise<object> {
      await changeEntity<"saml-provider">(state, await read(account, input.SAMLProviderArn), undefined);
      return {};
    },
  };
}
