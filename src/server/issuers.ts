import type { OwnRoute } from "../gateway/index.ts";
import type { OutboundFederation } from "../identity/index.ts";

/** Below it, where AWS has a host name for each issuer of web identity tokens. */
export const issuersPath = "/_opentrail/issuers/";

const json = { "content-type": "application/json", "cache-control": "public, max-age=300" };
const absent = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "There is no such issuer\n",
};

/**
 * What services outside AWS verify GetWebIdentityToken's tokens with: `…/<id>/.well-known/jwks.json`, and beside it
 * `openid-configuration`; the id is the first part of the issuer's host name.
 */
export function issuerRoute({ publicKeys }: Pick<OutboundFederation, "publicKeys">): OwnRoute {
  return async ({ path, headers }) => {
    const [id = "", ...rest] = path.slice(issuersPath.length).split("/");
    const document = rest.join("/");
    const keys = await publicKeys(id);
    if (!keys) return absent;
    if (document === ".well-known/jwks.json") return { status: 200, headers: json, body: JSON.stringify(keys) };
    if (document !== ".well-known/openid-configuration") return absent;
    const configuration = {
      issuer: `https://${id}.tokens.sts.global.api.aws`,
      jwks_uri: `http://${headers.host ?? ""}${issuersPath}${id}/.well-known/jwks.json`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256", "ES384"],
    };
    return { status: 200, headers: json, body: JSON.stringify(configuration) };
  };
}
