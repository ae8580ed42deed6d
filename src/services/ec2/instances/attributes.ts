import type {
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput,
  Instance,
  ModifyInstanceAttributeCommandInput,
  ResetInstanceAttributeCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceType } from "../instance-types/types.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { networkInterfaces } from "../network/network-interfaces.ts";
import { securityGroups } from "../security-groups/groups.ts";
import { attachmentsAt, volumes } from "../storage/kinds.ts";
import { type InstanceResource, instanceState, instances } from "./kinds.ts";
import { instanceShape } from "./shape.ts";

type Attributes = Omit<Output<DescribeInstanceAttributeCommandOutput>, "InstanceId">;

// How each attribute is shown. Source: the documentation of DescribeInstanceAttribute.
const shown: Readonly<Record<string, (instance: InstanceResource, shape: Instance) => Attributes>> = {
  instanceType: (_, shape) => ({ InstanceType: { Value: shape.InstanceType } }),
  kernel: () => ({ KernelId: {} }),
  ramdisk: () => ({ RamdiskId: {} }),
  userData: ({ attributes }) => ({ UserData: { Value: attributes.userData } }),
  disableApiTermination: ({ attributes }) => ({ DisableApiTermination: { Value: attributes.disableApiTermination } }),
  disableApiStop: ({ attributes }) => ({ DisableApiStop: { Value: attributes.disableApiStop } }),
  instanceInitiatedShutdownBehavior: ({ attributes }) => ({
    InstanceInitiatedShutdownBehavior: { Value: attributes.instanceInitiatedShutdownBehavior },
  }),
  rootDeviceName: (_, shape) => ({ RootDeviceName: { Value: shape.RootDeviceName } }),
  blockDeviceMapping: (_, shape) => ({ BlockDeviceMappings: shape.BlockDeviceMappings }),
  productCodes: () => ({ ProductCodes: [] }),
  sourceDestCheck: (_, shape) => ({ SourceDestCheck: { Value: shape.SourceDestCheck } }),
  groupSet: (_, shape) => ({ Groups: shape.SecurityGroups }),
  ebsOptimized: (_, shape) => ({ EbsOptimized: { Value: shape.EbsOptimized } }),
  sriovNetSupport: () => ({ SriovNetSupport: { Value: "simple" } }),
  enaSupport: (_, shape) => ({ EnaSupport: { Value: shape.EnaSupport } }),
  enclaveOptions: (_, shape) => ({ EnclaveOptions: shape.EnclaveOptions }),
};

const DescribeInstanceAttribute: Read<
  DescribeInstanceAttributeCommandInput,
  Output<DescribeInstanceAttributeCommandOutput>
> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const attribute = required(input.Attribute, "attribute");
  const show = Object.hasOwn(shown, attribute) ? shown[attribute] : undefined;
  if (!show) throw invalidValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
  return { InstanceId: instance.id, ...show(instance, instanceShape(instance, scope)) };
};

type Input = ModifyInstanceAttributeCommandInput;
type Change = (instance: InstanceResource, input: Input, scope: WriteScope) => InstanceResource;

/** An attribute that can be changed: which member of the request asks for it, and what it changes. */
interface Modifiable {
  readonly asked: (input: Input) => boolean;
  /** Only while the instance is stopped. */
  readonly stopped?: boolean;
  readonly change: Change;
}

const withAttribute =
  (name: keyof InstanceResource["attributes"], value: (input: Input) => unknown): Change =>
  (instance, input) => ({ ...instance, attributes: { ...instance.attributes, [name]: value(input) } });

const modifiable: readonly Modifiable[] = [
  {
    asked: (input) => input.DisableApiTermination !== undefined,
    change: withAttribute("disableApiTermination", (input) => input.DisableApiTermination?.Value ?? false),
  },
  {
    asked: (input) => input.DisableApiStop !== undefined,
    change: withAttribute("disableApiStop", (input) => input.DisableApiStop?.Value ?? false),
  },
  {
    asked: (input) => input.InstanceInitiatedShutdownBehavior !== undefined,
    change: withAttribute("instanceInitiatedShutdownBehavior", shutdownBehavior),
  },
  {
    asked: (input) => input.UserData !== undefined,
    stopped: true,
    change: withAttribute("userData", ({ UserData }) => Buffer.from(UserData?.Value ?? []).toString("base64")),
  },
  {
    asked: (input) => input.InstanceType !== undefined,
    stopped: true,
    change: (instance, { InstanceType }) => {
      const type = instanceType(InstanceType?.Value ?? "");
      if (!type) throw invalidValue(`Invalid value '${InstanceType?.Value ?? ""}' for InstanceType.`);
      const facts = {
        ...instance.facts,
        InstanceType: InstanceType?.Value as Instance["InstanceType"],
        CpuOptions: { CoreCount: type.cores, ThreadsPerCore: type.threadsPerCore },
      };
      return { ...instance, facts };
    },
  },
  {
    asked: (input) => input.EbsOptimized !== undefined,
    stopped: true,
    change: (instance, { EbsOptimized }) => ({
      ...instance,
      facts: { ...instance.facts, EbsOptimized: EbsOptimized?.Value ?? false },
    }),
  },
  {
    asked: (input) => input.EnaSupport !== undefined,
    stopped: true,
    change: (instance, { EnaSupport }) => ({
      ...instance,
      facts: { ...instance.facts, EnaSupport: EnaSupport?.Value ?? false },
    }),
  },
  { asked: (input) => input.SourceDestCheck !== undefined, change: changeSourceDestCheck },
  { asked: (input) => (input.Groups?.length ?? 0) > 0, change: changeGroups },
  { asked: (input) => (input.BlockDeviceMappings?.length ?? 0) > 0, change: changeBlockDevices },
];

function shutdownBehavior({ InstanceInitiatedShutdownBehavior: behavior }: Input): string {
  const value = behavior?.Value ?? "";
  if (value !== "stop" && value !== "terminate")
    throw invalidValue(`Invalid value '${value}' for instanceInitiatedShutdownBehavior.`);
  return value;
}

function changeSourceDestCheck(instance: InstanceResource, { SourceDestCheck }: Input, scope: WriteScope) {
  for (const eni of scope.by(networkInterfaces, "instance", instance.id)) {
    const facts = { ...eni.facts, SourceDestCheck: SourceDestCheck?.Value ?? true };
    scope.put(networkInterfaces, { ...eni, facts });
  }
  return instance;
}

function changeGroups(instance: InstanceResource, { Groups = [] }: Input, scope: WriteScope) {
  const groups = scope.findAll(securityGroups, Groups);
  for (const eni of scope.by(networkInterfaces, "instance", instance.id)) {
    const elsewhere = groups.find(({ vpcId }) => vpcId !== eni.facts.VpcId);
    if (elsewhere) throw new AwsError("InvalidGroup.NotFound", `The security group '${elsewhere.id}' does not exist`);
    scope.put(networkInterfaces, { ...eni, groupIds: groups.map(({ id }) => id) });
  }
  return instance;
}

function changeBlockDevices(instance: InstanceResource, { BlockDeviceMappings = [] }: Input, scope: WriteScope) {
  for (const { DeviceName, Ebs } of BlockDeviceMappings) {
    const volume = scope
      .by(volumes, "instance", instance.id)
      .find((one) => attachmentsAt(one, scope.now).some(({ device }) => device === DeviceName));
    if (!volume)
      throw new AwsError("InvalidInstanceAttributeValue", `No device is currently mapped at ${DeviceName ?? ""}`);
    const attachments = volume.attachments.map((one) =>
      one.device === DeviceName && one.instanceId === instance.id
        ? { ...one, deleteOnTermination: Ebs?.DeleteOnTermination ?? one.deleteOnTermination }
        : one,
    );
    scope.put(volumes, { ...volume, attachments });
  }
  return instance;
}

/** The older spelling, Attribute and Value, as the member it means. */
function spelledOut(input: Input): Input {
  const { Attribute, Value } = input;
  if (Attribute === undefined || Value === undefined) return input;
  const flag = { Value: Value.toLowerCase() === "true" };
  switch (Attribute) {
    case "disableApiTermination":
      return { ...input, DisableApiTermination: flag };
    case "disableApiStop":
      return { ...input, DisableApiStop: flag };
    case "ebsOptimized":
      return { ...input, EbsOptimized: flag };
    case "enaSupport":
      return { ...input, EnaSupport: flag };
    case "sourceDestCheck":
      return { ...input, SourceDestCheck: flag };
    case "instanceType":
      return { ...input, InstanceType: { Value } };
    case "instanceInitiatedShutdownBehavior":
      return { ...input, InstanceInitiatedShutdownBehavior: { Value } };
    case "userData":
      return { ...input, UserData: { Value: Buffer.from(Value, "base64") } };
    default:
      throw invalidValue(`Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
}

const ModifyInstanceAttribute: Write<ModifyInstanceAttributeCommandInput, object> = (request, scope) => {
  const instance = scope.find(instances, required(request.InstanceId, "instanceId"));
  const input = spelledOut(request);
  const [asked, ...more] = modifiable.filter((one) => one.asked(input));
  if (!asked) throw invalidCombination("No attributes specified.");
  if (more.length > 0) throw invalidCombination("Fields for multiple attribute types specified");
  if (asked.stopped && instanceState(instance, scope.now) !== "stopped")
    throw new AwsError("IncorrectInstanceState", `The instance '${instance.id}' is not in the 'stopped' state.`);
  scope.put(instances, asked.change(instance, input, scope));
  return {};
};

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetInstanceAttribute.html
const ResetInstanceAttribute: Write<ResetInstanceAttributeCommandInput, object> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const attribute = required(input.Attribute, "attribute");
  if (attribute === "sourceDestCheck")
    changeSourceDestCheck(instance, { ...input, SourceDestCheck: { Value: true } }, scope);
  else if (attribute !== "kernel" && attribute !== "ramdisk")
    throw invalidValue(
      `Value (${attribute}) for parameter attribute is invalid. Only kernel, ramdisk and sourceDestCheck can be reset.`,
    );
  else if (instanceState(instance, scope.now) !== "stopped")
    throw new AwsError("IncorrectInstanceState", `The instance '${instance.id}' is not in the 'stopped' state.`);
  return {};
};

export const instanceAttributeActions: Actions = {
  reads: { DescribeInstanceAttribute },
  writes: { ModifyInstanceAttribute, ResetInstanceAttribute },
};
