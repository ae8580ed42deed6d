import { expect, test } from "vitest";
import { account } from "../service.fixture.ts";
import { openIam } from "./iam.fixture.ts";

/** Metadata as an identity provider publishes it; long enough for IAM, which takes no less than 1,000 characters. */
function metadata(entityId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>${"QUJD".repeat(200)}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${entityId}/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;
}

test("a SAML provider is created from metadata, updated, listed and deleted", async () => {
  const { iam, clock } = await openIam();
  const document = metadata("https://idp.example.com");
  const create = (SAMLMetadataDocument: string) =>
    iam.call("CreateSAMLProvider", { Name: "Corp", SAMLMetadataDocument });
  await expect(create("<EntityDescriptor/>")).rejects.toMatchObject({
    code: "ValidationError",
    message:
      "1 validation error detected: Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000",
  });
  for (const wrong of [document.replace("</md:EntityDescriptor>", ""), document.replaceAll("IDPSSO", "SPSSO")]) {
    await expect(create(wrong)).rejects.toMatchObject({ code: "InvalidInput" });
  }
  const SAMLProviderArn = `arn:aws:iam::${account}:saml-provider/Corp`;
  expect(await create(document)).toEqual({ SAMLProviderArn });
  await expect(create(document)).rejects.toMatchObject({ code: "EntityAlreadyExists" });
  const other = metadata("https://idp.example.org");
  await iam.call("UpdateSAMLProvider", { SAMLProviderArn, SAMLMetadataDocument: other });
  await iam.call("TagSAMLProvider", { SAMLProviderArn, Tags: [{ Key: "a", Value: "b" }] });
  expect(await iam.call("GetSAMLProvider", { SAMLProviderArn })).toEqual({
    SAMLProviderUUID: expect.any(String),
    SAMLMetadataDocument: other,
    CreateDate: new Date(clock.now()),
    ValidUntil: new Date("2126-07-01T12:00:00Z"),
    Tags: [{ Key: "a", Value: "b" }],
    AssertionEncryptionMode: "Allowed",
    PrivateKeyList: [],
  });
  expect((await iam.call("ListSAMLProviders")).SAMLProviderList).toMatchObject([{ Arn: SAMLProviderArn }]);
  await iam.call("DeleteSAMLProvider", { SAMLProviderArn });
  await expect(iam.call("GetSAMLProvider", { SAMLProviderArn })).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `Manifest not found for arn ${SAMLProviderArn}`,
  });
});

test("an OpenID Connect provider is its URL, with clients and thumbprints", async () => {
  const { iam, clock } = await openIam();
  const Url = "https://token.actions.githubusercontent.com";
  const thumbprint = (sign: string) => sign.repeat(40);
  const create = (more: object = {}) => iam.call("CreateOpenIDConnectProvider", { Url, ...more });
  const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
  expect(await create({ ClientIDList: ["sts.amazonaws.com"], ThumbprintList: [thumbprint("a")] })).toEqual({
    OpenIDConnectProviderArn,
  });
  await expect(create()).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: `Provider with url ${Url} already exists.`,
  });
  await expect(create({ Url: "http://example.com" })).rejects.toMatchObject({
    code: "ValidationError",
    message: "Invalid Open ID Connect Provider URL",
  });
  await expect(
    create({ Url: "https://a.example", ThumbprintList: Array.from("abcdef", thumbprint) }),
  ).rejects.toMatchObject({ code: "InvalidInput", message: "Thumbprint list must contain fewer than 5 entries." });
  const ClientIDList = Array.from({ length: 101 }, (_, at) => `client-${at}`);
  await expect(create({ Url: "https://a.example", ClientIDList })).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
  });

  const provider = { OpenIDConnectProviderArn };
  await iam.call("AddClientIDToOpenIDConnectProvider", { ...provider, ClientID: "web" });
  await iam.call("RemoveClientIDFromOpenIDConnectProvider", { ...provider, ClientID: "sts.amazonaws.com" });
  await iam.call("UpdateOpenIDConnectProviderThumbprint", { ...provider, ThumbprintList: [thumbprint("b")] });
  expect(await iam.call("GetOpenIDConnectProvider", provider)).toEqual({
    Url: "token.actions.githubusercontent.com",
    ClientIDList: ["web"],
    ThumbprintList: [thumbprint("b")],
    CreateDate: new Date(clock.now()),
    Tags: [],
  });
  expect(await iam.call("ListOpenIDConnectProviders")).toEqual({
    OpenIDConnectProviderList: [{ Arn: OpenIDConnectProviderArn }],
  });
  await iam.call("DeleteOpenIDConnectProvider", provider);
  await expect(iam.call("GetOpenIDConnectProvider", provider)).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
  });
  await expect(iam.call("DeleteOpenIDConnectProvider", provider)).rejects.toMatchObject({
    message: `OpenId connect Provider ${OpenIDConnectProviderArn} cannot be found.`,
  });
});
