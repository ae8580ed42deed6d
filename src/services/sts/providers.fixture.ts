import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import sshpk from "sshpk";
import { SignedXml } from "xml-crypto";

/** An OpenID Connect provider on this machine, with keys of its own. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const server = createServer((request, response) => {
    const documents: Record<string, object> = {
      "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/keys` },
      "/keys": { keys: [key] },
    };
    const document = documents[request.url ?? ""];
    response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${name}`;
  const sign = (signer: typeof privateKey, claims: JWTPayload, now: number) =>
    new SignJWT({ iss: url, aud: "sts.amazonaws.com", sub: "system:serviceaccount:prod:checkout", ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor(now / 1000) + 600)
      .sign(signer);
  return {
    /** The URL without the scheme, as IAM keeps it. */
    name,
    token: (now: number, claims: JWTPayload = {}) => sign(privateKey, claims, now),
    async forgedToken(now: number) {
      return sign((await generateKeyPair("RS256")).privateKey, {}, now);
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

interface Assertion {
  readonly role: string;
  readonly provider: string;
  readonly now: number;
  /** By their names behind https://aws.amazon.com/SAML/Attributes/ */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly audience?: string;
}

function assertionXml(id: string, issuer: string, { role, provider, now, ...more }: Assertion): string {
  const at = (ms: number) => new Date(now + ms).toISOString();
  const attributes = { Role: [`${role},${provider}`], RoleSessionName: ["alice@example.com"], ...more.attributes };
  const statement = Object.entries(attributes).map(
    ([name, values]) =>
      `<Attribute Name="https://aws.amazon.com/SAML/Attributes/${name}">${values.map((value) => `<AttributeValue>${value}</AttributeValue>`).join("")}</Attribute>`,
  );
  return [
    `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${at(0)}">`,
    `<Issuer>${issuer}</Issuer>`,
    `<Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</NameID>`,
    `<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData NotOnOrAfter="${at(300_000)}" Recipient="https://signin.aws.amazon.com/saml"/></SubjectConfirmation></Subject>`,
    `<Conditions NotBefore="${at(-1000)}" NotOnOrAfter="${at(300_000)}"><AudienceRestriction><Audience>${more.audience ?? "https://signin.aws.amazon.com/saml"}</Audience></AudienceRestriction></Conditions>`,
    `<AttributeStatement>${statement.join("")}</AttributeStatement></Assertion>`,
  ].join("");
}

/** A SAML 2.0 identity provider: its metadata, and base64 responses with an assertion that it signed. */
export function samlProvider(entityId = "https://idp.example.com/saml") {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const subject = sshpk.identityForHost("idp.example.com");
  const certificate = sshpk.createSelfSignedCertificate(subject, sshpk.parsePrivateKey(pem, "pem")).toString("pem");
  const body = certificate.replace(/-----[^-]+-----|\s/g, "");
  let assertions = 0;

  function signed(xml: string, id: string): string {
    const signer = new SignedXml({
      privateKey: pem,
      signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
      canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
    });
    signer.addReference({
      xpath: `//*[@ID='${id}']`,
      digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
      transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"],
    });
    signer.computeSignature(xml, { location: { reference: "//*[local-name()='Issuer']", action: "after" } });
    return signer.getSignedXml();
  }

  return {
    entityId,
    metadata: `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${body}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${entityId}"/></IDPSSODescriptor></EntityDescriptor>`,
    /** `tamper` changes the XML after it was signed. */
    response(assertion: Assertion, tamper = (xml: string) => xml) {
      const id = `_assertion-${++assertions}`;
      const inner = signed(assertionXml(id, entityId, assertion), id);
      const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0">${inner}</samlp:Response>`;
      return Buffer.from(tamper(response)).toString("base64");
    },
  };
}
