import type {
  DescribeVolumeAttributeCommandInput,
  DescribeVolumeAttributeCommandOutput,
  DescribeVolumeStatusCommandInput,
  DescribeVolumeStatusCommandOutput,
  EnableVolumeIOCommandInput,
  ModifyVolumeAttributeCommandInput,
  VolumeStatusItem,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import { attachmentsAt, type VolumeResource, volumeState, volumes } from "./kinds.ts";

const provisioned = ["gp3", "io1", "io2"];

// Nothing is ever wrong with a volume here: its data is consistent and its I/O enabled as soon as it is there.
const description: Description<VolumeResource, VolumeStatusItem> = {
  kind: volumes,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (volume, { now }) => {
    const { AvailabilityZone, AvailabilityZoneId, VolumeType } = volume.facts;
    const ready = volumeState(volume, now) !== "creating";
    const attachments = attachmentsAt(volume, now);
    const measured = ready && attachments.length > 0 && provisioned.includes(VolumeType);
    return {
      VolumeId: volume.id,
      AvailabilityZone,
      AvailabilityZoneId,
      Actions: [],
      Events: [],
      VolumeStatus: {
        Status: ready ? "ok" : "insufficient-data",
        Details: [
          { Name: "io-enabled", Status: ready ? "passed" : "insufficient-data" },
          { Name: "io-performance", Status: measured ? "normal" : "not-applicable" },
        ],
      },
      AttachmentStatuses: attachments.map(({ instanceId }) => ({
        InstanceId: instanceId,
        IoPerformance: measured ? "normal" : "not-applicable",
      })),
    };
  },
  filters: {
    "action.code": (one) => one.Actions?.map(({ Code }) => Code),
    "action.description": (one) => one.Actions?.map(({ Description }) => Description),
    "action.event-id": (one) => one.Actions?.map(({ EventId }) => EventId),
    "availability-zone": (one) => one.AvailabilityZone,
    "availability-zone-id": (one) => one.AvailabilityZoneId,
    "event.description": (one) => one.Events?.map(({ Description }) => Description),
    "event.event-id": (one) => one.Events?.map(({ EventId }) => EventId),
    "event.event-type": (one) => one.Events?.map(({ EventType }) => EventType),
    "event.not-after": (one) => one.Events?.map(({ NotAfter }) => NotAfter),
    "event.not-before": (one) => one.Events?.map(({ NotBefore }) => NotBefore),
    "volume-status.details-name": (one) => one.VolumeStatus?.Details?.map(({ Name }) => Name),
    "volume-status.details-status": (one) => one.VolumeStatus?.Details?.map(({ Status }) => Status),
    "volume-status.status": (one) => one.VolumeStatus?.Status,
  },
};

const DescribeVolumeStatus: Read<DescribeVolumeStatusCommandInput, Output<DescribeVolumeStatusCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.VolumeIds });
  return { VolumeStatuses: shapes, ...token };
};

const DescribeVolumeAttribute: Read<
  DescribeVolumeAttributeCommandInput,
  Output<DescribeVolumeAttributeCommandOutput>
> = (input, scope) => {
  const { id, autoEnableIO = false } = scope.find(volumes, required(input.VolumeId, "volumeId"));
  switch (required(input.Attribute, "attribute")) {
    case "autoEnableIO":
      return { VolumeId: id, AutoEnableIO: { Value: autoEnableIO } };
    case "productCodes":
      return { VolumeId: id, ProductCodes: [] };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

const ModifyVolumeAttribute: Write<ModifyVolumeAttributeCommandInput, object> = (input, scope) => {
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const autoEnableIO = input.AutoEnableIO?.Value;
  if (autoEnableIO === undefined) throw invalidCombination("No attributes specified.");
  scope.put(volumes, { ...volume, autoEnableIO });
  return {};
};

const EnableVolumeIO: Write<EnableVolumeIOCommandInput, object> = ({ VolumeId }, scope) => {
  scope.find(volumes, required(VolumeId, "volumeId"));
  return {};
};

export const volumeStatusActions: Actions = {
  reads: { DescribeVolumeStatus, DescribeVolumeAttribute },
  writes: { ModifyVolumeAttribute, EnableVolumeIO },
};
