/** What OpenTrail refused, with its own words and code, such as `MfaRequired`. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code = "", message = "" }: { code?: string; message?: string }) {
    super(message || `OpenTrail answered with HTTP status ${status}.`);
    this.name = code || "Refused";
    this.status = status;
    this.code = code;
  }
}

/** Why a request was refused; an answer that is no JSON tells its status only. */
export async function refusalIn(response: Response): Promise<Refused> {
  const body: unknown = await response.json().catch(() => undefined);
  return new Refused(response.status, typeof body === "object" && body ? body : {});
}
