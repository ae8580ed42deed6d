import type {
  CreateLaunchTemplateCommandInput,
  CreateLaunchTemplateCommandOutput,
  CreateLaunchTemplateVersionCommandInput,
  CreateLaunchTemplateVersionCommandOutput,
  DeleteLaunchTemplateCommandInput,
  DeleteLaunchTemplateCommandOutput,
  DeleteLaunchTemplateVersionsCommandInput,
  DeleteLaunchTemplateVersionsCommandOutput,
  GetLaunchTemplateDataCommandInput,
  GetLaunchTemplateDataCommandOutput,
  ModifyLaunchTemplateCommandInput,
  ModifyLaunchTemplateCommandOutput,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instances } from "../instances/kinds.ts";
import { instanceShape } from "../instances/shape.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { templateShape, versionShape } from "./describe.ts";
import { launchTemplates, type TemplateResource, type TemplateVersion, templateOf, versionOf } from "./kinds.ts";

function callerArn({ call: { caller } }: WriteScope): string {
  return "arn" in caller ? caller.arn : `arn:aws:iam::${caller.accountId}:root`;
}

function dataOf(asked: RequestLaunchTemplateData | undefined): ResponseLaunchTemplateData {
  if (!asked || Object.values(asked).every((value) => value === undefined))
    throw missingParameter("LaunchTemplateData");
  return asked as ResponseLaunchTemplateData;
}

function newVersion(
  number: number,
  description: string | undefined,
  data: ResponseLaunchTemplateData,
  scope: WriteScope,
): TemplateVersion {
  if (description !== undefined && description.length > 255)
    throw invalidValue("The launch template version description exceeds the maximum length of 255 characters.");
  return {
    number,
    ...(description !== undefined && { description }),
    createdAt: scope.now,
    createdBy: callerArn(scope),
    data,
  };
}

const CreateLaunchTemplate: Write<CreateLaunchTemplateCommandInput, Output<CreateLaunchTemplateCommandOutput>> = (
  input,
  scope,
) => {
  const name = required(input.LaunchTemplateName, "LaunchTemplateName");
  if (!/^[\w().\-/]{3,128}$/.test(name))
    throw new AwsError(
      "InvalidLaunchTemplateName.MalformedException",
      "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.",
    );
  if (scope.by(launchTemplates, "name", name).length > 0)
    throw new AwsError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");
  const template = scope.put(launchTemplates, {
    id: scope.newId(launchTemplates),
    createdAt: scope.now,
    tags: tagsFor(input.TagSpecifications, "launch-template"),
    name,
    createdBy: callerArn(scope),
    versions: [newVersion(1, input.VersionDescription, dataOf(input.LaunchTemplateData), scope)],
    defaultVersion: 1,
    latestVersion: 1,
  });
  return { LaunchTemplate: templateShape(template) };
};

const CreateLaunchTemplateVersion: Write<
  CreateLaunchTemplateVersionCommandInput,
  Output<CreateLaunchTemplateVersionCommandOutput>
> = (input, scope) => {
  const template = templateOf(input, scope);
  const source = input.SourceVersion === undefined ? {} : versionOf(template, input.SourceVersion).data;
  const data = { ...source, ...dataOf(input.LaunchTemplateData) };
  const version = newVersion(template.latestVersion + 1, input.VersionDescription, data, scope);
  const versions = [...template.versions, version];
  const changed = scope.put(launchTemplates, { ...template, versions, latestVersion: version.number });
  return { LaunchTemplateVersion: versionShape(changed, versionOf(changed, String(version.number))) };
};

const ModifyLaunchTemplate: Write<ModifyLaunchTemplateCommandInput, Output<ModifyLaunchTemplateCommandOutput>> = (
  input,
  scope,
) => {
  const template = templateOf(input, scope);
  const { number } = versionOf(template, required(input.DefaultVersion, "SetDefaultVersion"));
  return { LaunchTemplate: templateShape(scope.put(launchTemplates, { ...template, defaultVersion: number })) };
};

const DeleteLaunchTemplate: Write<DeleteLaunchTemplateCommandInput, Output<DeleteLaunchTemplateCommandOutput>> = (
  input,
  scope,
) => {
  const template = templateOf(input, scope);
  scope.delete(launchTemplates, template.id);
  return { LaunchTemplate: templateShape(template) };
};

function named({ id, name }: TemplateResource, version: string) {
  return { LaunchTemplateId: id, LaunchTemplateName: name, VersionNumber: Number(version) };
}

const DeleteLaunchTemplateVersions: Write<
  DeleteLaunchTemplateVersionsCommandInput,
  Output<DeleteLaunchTemplateVersionsCommandOutput>
> = (input, scope) => {
  const template = templateOf(input, scope);
  if (!input.Versions?.length) throw missingParameter("Versions");
  const asked = [...new Set(input.Versions)];
  const wrong = asked.find((version) => !/^\d+$/.test(version));
  if (wrong !== undefined) throw invalidValue(`Invalid launch template version: ${wrong}`);
  if (asked.includes(String(template.defaultVersion)))
    throw invalidValue(
      `Cannot delete the default version ${template.defaultVersion} of the launch template ${template.id}.`,
    );
  const there = (version: string) => template.versions.some(({ number }) => number === Number(version));
  scope.put(launchTemplates, {
    ...template,
    versions: template.versions.filter(({ number }) => !asked.includes(String(number))),
  });
  return {
    SuccessfullyDeletedLaunchTemplateVersions: asked.filter(there).map((version) => named(template, version)),
    UnsuccessfullyDeletedLaunchTemplateVersions: asked
      .filter((version) => !there(version))
      .map((version) => ({
        ...named(template, version),
        ResponseError: {
          Code: "launchTemplateVersionDoesNotExist" as const,
          Message: `Could not find launch template version ${version} for launch template ${template.id}.`,
        },
      })),
  };
};

/** What a template would say that launches instances like this one. */
const GetLaunchTemplateData: Read<GetLaunchTemplateDataCommandInput, Output<GetLaunchTemplateDataCommandOutput>> = (
  { InstanceId },
  scope,
) => {
  const instance = scope.find(instances, required(InstanceId, "InstanceId"));
  const shape = instanceShape(instance, scope);
  const { attributes, metadataOptions, tags } = instance;
  const eni = shape.NetworkInterfaces?.[0];
  return {
    LaunchTemplateData: {
      EbsOptimized: shape.EbsOptimized,
      ...(shape.IamInstanceProfile && { IamInstanceProfile: { Arn: shape.IamInstanceProfile.Arn } }),
      BlockDeviceMappings: (shape.BlockDeviceMappings ?? []).map(({ DeviceName, Ebs }) => ({
        DeviceName,
        Ebs: { DeleteOnTermination: Ebs?.DeleteOnTermination },
      })),
      NetworkInterfaces: [
        {
          DeleteOnTermination: eni?.Attachment?.DeleteOnTermination,
          Description: eni?.Description,
          DeviceIndex: 0,
          Groups: eni?.Groups?.flatMap(({ GroupId }) => GroupId ?? []),
          SubnetId: eni?.SubnetId,
        },
      ],
      ImageId: shape.ImageId,
      InstanceType: shape.InstanceType,
      ...(shape.KeyName !== undefined && { KeyName: shape.KeyName }),
      Monitoring: { Enabled: instance.monitoring },
      Placement: { AvailabilityZone: shape.Placement?.AvailabilityZone, Tenancy: shape.Placement?.Tenancy },
      DisableApiTermination: attributes.disableApiTermination,
      InstanceInitiatedShutdownBehavior: attributes.instanceInitiatedShutdownBehavior as "stop" | "terminate",
      ...(attributes.userData !== undefined && { UserData: attributes.userData }),
      ...(tags.length > 0 && { TagSpecifications: [{ ResourceType: "instance" as const, Tags: [...tags] }] }),
      CpuOptions: { CoreCount: shape.CpuOptions?.CoreCount, ThreadsPerCore: shape.CpuOptions?.ThreadsPerCore },
      CapacityReservationSpecification: { CapacityReservationPreference: "open" },
      HibernationOptions: { Configured: shape.HibernationOptions?.Configured },
      MetadataOptions: { ...metadataOptions },
      EnclaveOptions: { Enabled: shape.EnclaveOptions?.Enabled },
      DisableApiStop: attributes.disableApiStop,
    },
  };
};

export const launchTemplateActions: Actions = {
  reads: { GetLaunchTemplateData },
  writes: {
    CreateLaunchTemplate,
    CreateLaunchTemplateVersion,
    ModifyLaunchTemplate,
    DeleteLaunchTemplate,
    DeleteLaunchTemplateVersions,
  },
};
