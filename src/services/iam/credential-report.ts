import type { GenerateCredentialReportResponse, GetCredentialReportResponse } from "@aws-sdk/client-iam";
import { stringify } from "csv-stringify/sync";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, mfaDevicesOf, readAccessKey } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { readPasswordPolicy } from "./password-policy.ts";
import { readRoot } from "./root.ts";
import { type IamParts, listEntities } from "./store.ts";

interface Report {
  readonly generated: number;
  readonly content: string;
}

const fourHours = 4 * 3600 * 1000;
const day = 24 * 3600 * 1000;

/** Rows of https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html, by its columns. */
export function credentialReportHandlers({ state, identity, clock }: IamParts): Handlers {
  const reportKey = (account: AccountId) => `iam/${account}/credential-report`;
  const readReport = async (account: AccountId) =>
    (await state.get(reportKey(account)))?.value as (Report & Record<string, string | number>) | undefined;

  const time = (milliseconds: number | undefined, none: string) =>
    milliseconds === undefined ? none : `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;

  async function keyColumns(ids: readonly string[]) {
    const columns: Record<string, string> = {};
    for (const number of [1, 2]) {
      const id = ids[number - 1];
      const key = id === undefined ? undefined : await readAccessKey(state, id);
      const use = id === undefined ? undefined : identity.lastUse(id);
      columns[`access_key_${number}_active`] = String(key?.status === "Active");
      columns[`access_key_${number}_last_rotated`] = time(key?.created, "N/A");
      columns[`access_key_${number}_last_used_date`] = time(use?.at.getTime(), "N/A");
      columns[`access_key_${number}_last_used_region`] = use?.region ?? "N/A";
      columns[`access_key_${number}_last_used_service`] = use?.service ?? "N/A";
    }
    return columns;
  }

  function certificateColumns(certificates: readonly { readonly status: string; readonly created: number }[]) {
    const columns: Record<string, string> = {};
    for (const number of [1, 2]) {
      const certificate = certificates[number - 1];
      columns[`cert_${number}_active`] = String(certificate?.status === "Active");
      columns[`cert_${number}_last_rotated`] = time(certificate?.created, "N/A");
    }
    return columns;
  }

  async function contentOf(account: AccountId): Promise<string> {
    const root = (await readRoot(state, account, clock)).value;
    const maxAge = (await readPasswordPolicy(state, account))?.MaxPasswordAge;
    const rows: Record<string, string>[] = [
      {
        user: "<root_account>",
        arn: `arn:aws:iam::${account}:root`,
        user_creation_time: time(root.created, ""),
        password_enabled: "not_supported",
        password_last_used: "no_information",
        password_last_changed: "not_supported",
        password_next_rotation: "not_supported",
        mfa_active: String((await mfaDevicesOf(state, account, account)).length > 0),
        ...(await keyColumns(root.accessKeyIds)),
        ...certificateColumns([]),
      },
    ];
    for (const user of await listEntities(state, account, "user")) {
      const { loginProfile: profile } = user;
      const next = profile && maxAge !== undefined ? profile.changed + maxAge * day : undefined;
      rows.push({
        user: user.name,
        arn: entityArn(account, "user", user),
        user_creation_time: time(user.created, ""),
        password_enabled: String(profile !== undefined),
        password_last_used: profile ? "no_information" : "N/A",
        password_last_changed: time(profile?.changed, "N/A"),
        password_next_rotation: time(next, "N/A"),
        mfa_active: String((await mfaDevicesOf(state, account, user.id)).length > 0),
        ...(await keyColumns(user.accessKeyIds)),
        ...certificateColumns(user.signingCertificates ?? []),
      });
    }
    return stringify(rows, { header: true }).trimEnd();
  }

  return {
    async GenerateCredentialReport(_: object, { account }): Promise<GenerateCredentialReportResponse> {
      const present = await readReport(account);
      if (present && present.generated > clock.now() - fourHours) return { State: "COMPLETE" };
      const report = { generated: clock.now(), content: await contentOf(account) };
      await state.commit([{ key: reportKey(account), value: report }]);
      return { State: "STARTED", Description: "No report exists. Starting a new report generation task" };
    },

    async GetCredentialReport(_: object, { account }): Promise<GetCredentialReportResponse> {
      const report = await readReport(account);
      if (!report) throw new AwsError("ReportNotPresent", "", { status: 410 });
      return {
        Content: Buffer.from(report.content),
        ReportFormat: "text/csv",
        GeneratedTime: new Date(report.generated),
      };
    },
  };
}
