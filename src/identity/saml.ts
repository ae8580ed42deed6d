import { createHash } from "node:crypto";
import { DOMParser } from "@xmldom/xmldom";
import { XMLParser } from "fast-xml-parser";
import { SignedXml } from "xml-crypto";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { AccountId } from "../aws/names.ts";
import type { State } from "../storage/state/state.ts";
import type { FederatedSession } from "./federated-session.ts";
import { entityKey, type SamlProvider } from "./principals.ts";

/** What a verified SAML assertion says. */
export interface SamlIdentity extends FederatedSession {
  readonly issuer: string;
  readonly subject: string;
  /** `persistent`, `transient`, or a format that isn't SAML 2.0's as it is. */
  readonly subjectType: string;
  readonly audience: string;
  /** Stands for issuer, account and provider together; the same for all users of the provider. */
  readonly nameQualifier: string;
  /** Pairs of a role's and a provider's ARN, in either order, with a comma between. */
  readonly roles: readonly string[];
  readonly roleSessionName: string | undefined;
  /** Seconds that the assertion lets a session last. */
  readonly longest: number | undefined;
}

interface SamlOptions {
  readonly state: State;
  readonly clock: Clock;
}

const audiences = /^(https:\/\/([a-z0-9-]+\.)?signin\.aws\.amazon\.com\/saml(\/acs\/\w+)?|urn:amazon:webservices)$/;
const attributeBase = "https://aws.amazon.com/SAML/Attributes/";
const signatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

const lists = new Set(["Attribute", "AttributeValue", "Audience", "IDPSSODescriptor", "KeyDescriptor", "X509Data"]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => lists.has(name),
});

type Xml = { readonly [name: string]: Xml | Xml[] | string | undefined };

const invalid = (message: string, cause?: unknown) => new AwsError("InvalidIdentityToken", message, { cause });
const unreadable = (cause?: unknown) =>
  invalid("Your request included an invalid SAML response. To logout, click here.", cause);

/**
 * Verifies a base64 SAML response against a provider's metadata; only what is signed is read.
 * InvalidIdentityToken, ExpiredTokenException. Encrypted assertions are refused.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
export async function verifySaml(
  { state, clock }: SamlOptions,
  response: string,
  account: AccountId,
  providerName: string,
): Promise<SamlIdentity> {
  const entry = await state.get(entityKey(account, "saml-provider", providerName));
  if (!entry) throw invalid("Specified provider doesn't exist");
  const provider = entry.value as SamlProvider;
  const metadata = metadataOf(provider.metadata);
  const assertion = signedAssertion(Buffer.from(response, "base64").toString("utf8"), metadata.certificates);
  const issuer = text(assertion.Issuer);
  if (issuer !== metadata.entityId) throw invalid("Issuer not present in specified provider");
  checkTimes(assertion, clock.now());
  const audience = array(child(child(assertion.Conditions).AudienceRestriction).Audience)
    .map(text)
    .find((one) => audiences.test(one));
  if (audience === undefined) throw invalid("Response does not contain the required audience");
  const nameId = child(assertion.Subject).NameID;
  return {
    issuer,
    subject: text(nameId),
    subjectType: (text(child(nameId)["@Format"]) || "unspecified").replace(
      "urn:oasis:names:tc:SAML:2.0:nameid-format:",
      "",
    ),
    audience,
    nameQualifier: createHash("sha1").update(`${issuer}${account}/${provider.name}`).digest("base64"),
    ...attributesOf(assertion),
  };
}

function child(node: Xml[string]): Xml {
  const one = Array.isArray(node) ? node[0] : node;
  return typeof one === "object" ? one : {};
}

function array(node: Xml[string]): (Xml | string)[] {
  return node === undefined ? [] : [node].flat();
}

function text(node: Xml[string]): string {
  const one = Array.isArray(node) ? node[0] : node;
  return typeof one === "object" ? text(one["#text"]) : (one ?? "").trim();
}

function metadataOf(document: string): { readonly entityId: string; readonly certificates: string[] } {
  const descriptor = child((parser.parse(document) as Xml).EntityDescriptor);
  const certificates = array(descriptor.IDPSSODescriptor)
    .flatMap((role) => array(child(role).KeyDescriptor))
    .filter((key) => text(child(key)["@use"]) !== "encryption")
    .flatMap((key) => array(child(child(key).KeyInfo).X509Data))
    .map((data) => text(child(data).X509Certificate).replace(/\s/g, ""))
    .filter((certificate) => certificate !== "");
  return { entityId: text(descriptor["@entityID"]), certificates };
}

/** The assertion that a signature of the provider covers, read from the signed bytes alone. */
function signedAssertion(xml: string, certificates: readonly string[]): Xml {
  if (!xml.trimStart().startsWith("<") || xml.includes("<!DOCTYPE")) throw unreadable();
  for (const signature of signaturesOf(xml)) {
    for (const certificate of certificates) {
      for (const reference of signedReferences(xml, signature, certificate)) {
        const signed = parser.parse(reference) as Xml;
        const assertion = signed.Assertion ?? child(signed.Response).Assertion;
        if (assertion !== undefined) return child(assertion);
      }
    }
  }
  throw invalid("Response signature invalid");
}

function signaturesOf(xml: string): Node[] {
  try {
    const silent = {
      warning() {},
      error() {},
      fatalError: (error: unknown) => {
        throw error;
      },
    };
    const document = new DOMParser({ errorHandler: silent }).parseFromString(xml, "text/xml");
    return Array.from(document.getElementsByTagNameNS(signatureNamespace, "Signature"));
  } catch (error) {
    throw unreadable(error);
  }
}

function signedReferences(xml: string, signature: Node, certificate: string): string[] {
  const lines = certificate.match(/.{1,64}/g) ?? [];
  const verifier = new SignedXml({
    publicCert: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n"),
    // The key that a signature brings along proves nothing.
    getCertFromKeyInfo: () => null,
  });
  try {
    verifier.loadSignature(signature);
    return verifier.checkSignature(xml) ? verifier.getSignedReferences() : [];
  } catch {
    return []; // an algorithm that isn't taken, a reference that leads nowhere: no valid signature
  }
}

function checkTimes(assertion: Xml, now: number): void {
  const confirmation = child(child(child(assertion.Subject).SubjectConfirmation).SubjectConfirmationData);
  const conditions = child(assertion.Conditions);
  const skewMs = 5 * 60 * 1000;
  if (text(confirmation["@NotOnOrAfter"]) === "") throw unreadable();
  for (const bounds of [confirmation, conditions]) {
    if (Date.parse(text(bounds["@NotOnOrAfter"])) <= now)
      throw new AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance");
    if (Date.parse(text(bounds["@NotBefore"])) > now + skewMs) throw invalid("Response is not valid yet");
  }
}

function attributesOf(assertion: Xml) {
  const values = new Map<string, string[]>();
  for (const attribute of array(child(assertion.AttributeStatement).Attribute)) {
    const name = text(child(attribute)["@Name"]);
    values.set(name, [...(values.get(name) ?? []), ...array(child(attribute).AttributeValue).map(text)]);
  }
  const own = (name: string) => values.get(attributeBase + name) ?? [];
  const tagBase = `${attributeBase}PrincipalTag:`;
  const tags = [...values].filter(([name]) => name.startsWith(tagBase));
  const [sourceIdentity] = own("SourceIdentity");
  const [duration] = own("SessionDuration");
  return {
    roles: own("Role"),
    roleSessionName: own("RoleSessionName")[0],
    longest: duration === undefined ? undefined : Number(duration),
    tags: Object.fromEntries(tags.map(([name, [value = ""]]) => [name.slice(tagBase.length), value])),
    transitiveTagKeys: own("TransitiveTagKeys"),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}
