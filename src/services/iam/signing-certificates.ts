import { X509Certificate } from "node:crypto";
import type {
  DeleteSigningCertificateRequest,
  ListSigningCertificatesRequest,
  ListSigningCertificatesResponse,
  UpdateSigningCertificateRequest,
  UploadSigningCertificateRequest,
  UploadSigningCertificateResponse,
  SigningCertificate as WireCertificate,
} from "@aws-sdk/client-iam";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { SigningCertificate, User } from "../../identity/index.ts";
import type { StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { cannotBeFound, quotaExceeded, violated } from "./errors.ts";
import { page } from "./paging.ts";
import { changeEntity, type IamParts, readEntity } from "./store.ts";
import { ownUserName } from "./users.ts";

const mostPerUser = 2;

function checkCertificate(body: string): void {
  try {
    new X509Certificate(body);
  } catch (cause) {
    throw new AwsError("MalformedCertificate", `Certificate ${body} is malformed.`, { cause });
  }
}

function wireCertificate(user: User, certificate: SigningCertificate): WireCertificate {
  return {
    UserName: user.name,
    CertificateId: certificate.id,
    CertificateBody: certificate.body,
    Status: certificate.status,
    UploadDate: new Date(certificate.created),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SigningCertificate.html */
export function signingCertificateHandlers({ state, clock, random }: IamParts): Handlers {
  const readUser = (call: Call, given: string | undefined) =>
    readEntity(state, call.account, "user", required("userName", given ?? ownUserName(call)));

  const keep = (before: StateEntry<User>, signingCertificates: readonly SigningCertificate[]) =>
    changeEntity<"user">(state, before, { ...before.value, signingCertificates });

  function certificateOf({ signingCertificates = [] }: User, given: string | undefined) {
    const id = required("certificateId", given);
    const certificate = signingCertificates.find((one) => one.id === id);
    if (!certificate) throw cannotBeFound(`The Certificate with id ${id}`);
    return { certificate, others: signingCertificates.filter((one) => one.id !== id) };
  }

  return {
    async UploadSigningCertificate(
      input: UploadSigningCertificateRequest,
      call,
    ): Promise<UploadSigningCertificateResponse> {
      const before = await readUser(call, input.UserName);
      const body = required("certificateBody", input.CertificateBody);
      checkCertificate(body);
      const certificates = before.value.signingCertificates ?? [];
      if (certificates.length >= mostPerUser) throw quotaExceeded("CertificatesPerUser", mostPerUser);
      const certificate: SigningCertificate = {
        id: random.alphanumeric(32),
        body,
        status: "Active",
        created: clock.now(),
      };
      await keep(before, [...certificates, certificate]);
      return { Certificate: wireCertificate(before.value, certificate) };
    },

    async ListSigningCertificates(
      input: ListSigningCertificatesRequest,
      call,
    ): Promise<ListSigningCertificatesResponse> {
      const { value: user } = await readUser(call, input.UserName);
      const sorted = (user.signingCertificates ?? []).toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const { items, paging } = page(sorted, ({ id }) => id, input);
      return { Certificates: items.map((certificate) => wireCertificate(user, certificate)), ...paging };
    },

    async UpdateSigningCertificate(input: UpdateSigningCertificateRequest, call): Promise<object> {
      const before = await readUser(call, input.UserName);
      const { certificate, others } = certificateOf(before.value, input.CertificateId);
      const status = required("status", input.Status);
      if (status === "Expired") throw violated("status", "satisfy enum value set: [Active, Inactive]");
      await keep(before, [...others, { ...certificate, status }]);
      return {};
    },

    async DeleteSigningCertificate(input: DeleteSigningCertificateRequest, call): Promise<object> {
      const before = await readUser(call, input.UserName);
      await keep(before, certificateOf(before.value, input.CertificateId).others);
      return {};
    },
  };
}
