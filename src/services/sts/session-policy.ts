import type { PolicyDescriptorType } from "@aws-sdk/client-sts";
import type { Session } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import { violated } from "./checks.ts";

interface PolicyInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
}

/** What a session carries besides its caller, and how much of the room for it that takes. */
export interface SessionLoad {
  readonly session: Pick<Session, "policies" | "tags" | "transitiveTagKeys">;
  /** Only when policies or tags were passed. */
  readonly packed: { readonly PackedPolicySize?: number };
}

const longestPolicy = 2048;

function policyOf({ Policy }: PolicyInput): string | undefined {
  if (Policy === undefined) return undefined;
  if (Policy.length > longestPolicy)
    throw violated("policy", `'${Policy}'`, `have length less than or equal to ${longestPolicy}`);
  try {
    const document: unknown = JSON.parse(Policy);
    if (typeof document === "object" && document !== null && "Statement" in document) return JSON.stringify(document);
  } catch {
    // no JSON: said below
  }
  throw new AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.");
}

/**
 * Session policies and tags, checked. AWS doesn't tell how it packs them; here it is the percentage of 2,048 characters that
 * they take without blanks, which gives the 4 of a real record. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function sessionLoad(
  input: PolicyInput,
  tags: Readonly<Record<string, string>>,
  transitiveTagKeys: readonly string[],
): SessionLoad {
  const document = policyOf(input);
  const arns = (input.PolicyArns ?? []).flatMap(({ arn }) => arn ?? []);
  if (arns.length > 10) throw violated("policyArns", `'[${arns.join(", ")}]'`, "have length less than or equal to 10");
  const pieces = [document ?? "", ...arns, ...Object.entries(tags).flat()];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const percent = Math.round((100 * length) / longestPolicy);
  if (percent > 100)
    throw new AwsError(
      "PackedPolicyTooLarge",
      "Packed size of session tags consumes more than 100% of allotted space.",
    );
  const policies = { ...(document !== undefined && { document }), ...(arns.length > 0 && { arns }) };
  return {
    session: {
      ...(Object.keys(policies).length > 0 && { policies }),
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
    },
    packed: length > 0 ? { PackedPolicySize: Math.max(1, percent) } : {},
  };
}
