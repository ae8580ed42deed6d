import { AwsError } from "../aws/error.ts";
import { type AccountId, accountId, type Region, region } from "../aws/names.ts";

const invalid = (message: string) => new AwsError("InvalidTrailNameException", message);

interface NameRule {
  readonly holds: (name: string) => boolean;
  readonly message: (name: string) => string;
}

// In the order AWS checks them. Messages: seen from AWS (moto's tests against AWS, public issue threads), wording as there.
const nameRules: readonly NameRule[] = [
  { holds: (name) => name !== "", message: () => "Trail name cannot be blank!" },
  {
    holds: (name) => name.length >= 3,
    message: (name) =>
      `Trail name too short. Minimum allowed length: 3 characters. Specified name length: ${name.length} characters.`,
  },
  {
    holds: (name) => name.length <= 128,
    message: (name) =>
      `Trail name too long. Maximum allowed length: 128 characters. Specified name length: ${name.length} characters.`,
  },
  { holds: (name) => /^[0-9A-Za-z]/.test(name), message: () => "Trail name must starts with a letter or number." },
  { holds: (name) => /[0-9A-Za-z]$/.test(name), message: () => "Trail name must ends with a letter or number." },
  {
    holds: (name) => /^[0-9A-Za-z._-]+$/.test(name),
    message: () =>
      "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
  },
  {
    holds: (name) => !/[._-]{2}/.test(name),
    message: () => "Trail name or ARN cannot have adjacent periods (.), hyphens (-), or underscores (_).",
  },
  {
    holds: (name) => !/^\d{1,3}(\.\d{1,3}){3}$/.test(name),
    message: () => "Trail names must not be formatted as an IP address.",
  },
];

/**
 * Gives the name back when it is one that AWS allows; throws InvalidTrailNameException with AWS's message otherwise.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
 */
export function checkedTrailName(name: string | undefined): string {
  const text = name ?? "";
  const broken = nameRules.find((rule) => !rule.holds(text));
  if (broken) throw invalid(broken.message(text));
  return text;
}

/** A trail as a caller names it: by its name in the caller's Region, or by its ARN. */
export type TrailReference =
  | { readonly name: string; readonly homeRegion?: never; readonly account?: never }
  | { readonly name: string; readonly homeRegion: Region; readonly account: AccountId };

/** Takes a `Name` or `TrailName` parameter apart; throws InvalidTrailNameException or CloudTrailARNInvalidException. */
export function trailReference(nameOrArn: string | undefined): TrailReference {
  if (!nameOrArn?.startsWith("arn:")) return { name: checkedTrailName(nameOrArn) };
  const parts = /^arn:aws:cloudtrail:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):(\d{12}):trail\/(.+)$/.exec(nameOrArn);
  if (!parts) throw new AwsError("CloudTrailARNInvalidException", `Invalid trail ARN: ${nameOrArn}`);
  const [, home = "", owner = "", name] = parts;
  return { homeRegion: region(home), account: accountId(owner), name: checkedTrailName(name) };
}
