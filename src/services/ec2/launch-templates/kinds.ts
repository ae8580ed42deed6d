import type { LaunchTemplateSpecification, ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidCombination, invalidValue, missingParameter } from "../mechanism/errors.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";

/** A version, which never changes. */
export interface TemplateVersion {
  readonly number: number;
  readonly description?: string;
  readonly createdAt: number;
  /** An ARN. */
  readonly createdBy: string;
  readonly data: ResponseLaunchTemplateData;
}

export interface TemplateResource extends Resource {
  readonly name: string;
  readonly createdBy: string;
  readonly versions: readonly TemplateVersion[];
  readonly defaultVersion: number;
  /** Numbers are not used again. */
  readonly latestVersion: number;
}

const noSuchId = ([id]: readonly string[]) => `The specified launch template, with template ID ${id}, does not exist.`;

export const launchTemplates: Kind<TemplateResource> = {
  type: "launch-template",
  prefix: "lt",
  idSet: "launchTemplateIdSet",
  notFound: { code: "InvalidLaunchTemplateId.NotFound", message: noSuchId },
  malformed: {
    code: "InvalidLaunchTemplateId.Malformed",
    message: ([id]) => `The launch template ID '${id}' is malformed`,
  },
  indexes: { name: ({ name }) => [name] },
};

export function templateNamed(name: string, scope: Scope): TemplateResource {
  const [found] = scope.by(launchTemplates, "name", name);
  if (found) return found;
  throw new AwsError(
    "InvalidLaunchTemplateName.NotFoundException",
    `The specified launch template, with template name ${name}, does not exist.`,
  );
}

/** The template that a request names by id or by name. */
export function templateOf(
  {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
  }: Pick<LaunchTemplateSpecification, "LaunchTemplateId" | "LaunchTemplateName">,
  scope: Scope,
): TemplateResource {
  if (id && name)
    throw invalidCombination("Both LaunchTemplateId and LaunchTemplateName were specified. Specify only one.");
  if (id) return scope.find(launchTemplates, id);
  if (name) return templateNamed(name, scope);
  throw missingParameter("LaunchTemplateId or LaunchTemplateName");
}

/** The version that text names: a number, `$Default` or `$Latest`. */
export function versionOf(template: TemplateResource, text = "$Default"): TemplateVersion {
  const number =
    text === "$Default" ? template.defaultVersion : text === "$Latest" ? template.latestVersion : Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw invalidValue(
      `Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.`,
    );
  const found = template.versions.find((version) => version.number === number);
  if (found) return found;
  throw new AwsError(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find launch template version ${number} for launch template ${template.id}.`,
  );
}
