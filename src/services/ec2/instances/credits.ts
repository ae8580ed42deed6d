import type {
  DescribeInstanceCreditSpecificationsCommandInput,
  DescribeInstanceCreditSpecificationsCommandOutput,
  InstanceCreditSpecification,
  ModifyInstanceCreditSpecificationCommandInput,
  ModifyInstanceCreditSpecificationCommandOutput,
  UnsuccessfulInstanceCreditSpecificationErrorCode,
  UnsuccessfulInstanceCreditSpecificationItem,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceType } from "../instance-types/types.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, missingParameter } from "../mechanism/errors.ts";
import { type InstanceResource, instanceState, instances } from "./kinds.ts";

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html

const isBurstable = ({ facts }: InstanceResource) => instanceType(facts.InstanceType ?? "")?.burstable ?? false;

/** What holds where nobody said otherwise: T2 is `standard`, the later ones `unlimited`. */
function creditsOf({ facts, cpuCredits }: InstanceResource): string {
  return cpuCredits ?? (facts.InstanceType?.startsWith("t2.") ? "standard" : "unlimited");
}

const description: Description<InstanceResource, InstanceCreditSpecification> = {
  kind: instances,
  page: { min: 5, max: 1000 },
  idsOrPages: true,
  shape: (instance) => ({ InstanceId: instance.id, CpuCredits: creditsOf(instance) }),
  filters: { "instance-id": (one) => one.InstanceId },
};

const DescribeInstanceCreditSpecifications: Read<
  DescribeInstanceCreditSpecificationsCommandInput,
  Output<DescribeInstanceCreditSpecificationsCommandOutput>
> = (input, scope) => {
  const named = input.InstanceIds?.length ? scope.findAll(instances, input.InstanceIds) : undefined;
  const stands = (instance: InstanceResource) =>
    isBurstable(instance) && (named !== undefined || instanceState(instance, scope.now) !== "terminated");
  const { shapes, token } = describe(description, input, scope, {
    among: () => (named ?? scope.list(instances)).filter(stands),
  });
  return { InstanceCreditSpecifications: shapes, ...token };
};

const ModifyInstanceCreditSpecification: Write<
  ModifyInstanceCreditSpecificationCommandInput,
  Output<ModifyInstanceCreditSpecificationCommandOutput>
> = ({ InstanceCreditSpecifications: asked }, scope) => {
  if (!asked?.length) throw missingParameter("InstanceCreditSpecification");
  const successful: { InstanceId: string }[] = [];
  const unsuccessful: UnsuccessfulInstanceCreditSpecificationItem[] = [];
  for (const { InstanceId = "", CpuCredits } of asked) {
    if (CpuCredits !== "standard" && CpuCredits !== "unlimited")
      throw invalidValue(`Invalid value '${CpuCredits ?? ""}' for CpuCredits.`);
    const refuse = (Code: UnsuccessfulInstanceCreditSpecificationErrorCode, Message: string) =>
      unsuccessful.push({ InstanceId, Error: { Code, Message } });
    try {
      const instance = scope.find(instances, InstanceId);
      if (!isBurstable(instance))
        refuse("InstanceCreditSpecification.NotSupported", `The instance '${InstanceId}' is not burstable.`);
      else if (!["pending", "running", "stopping", "stopped"].includes(instanceState(instance, scope.now)))
        refuse("IncorrectInstanceState", `The instance '${InstanceId}' is not in the 'running' or 'stopped' state.`);
      else {
        scope.put(instances, { ...instance, cpuCredits: CpuCredits });
        successful.push({ InstanceId });
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refuse(error.code as UnsuccessfulInstanceCreditSpecificationErrorCode, error.message);
    }
  }
  return {
    SuccessfulInstanceCreditSpecifications: successful,
    UnsuccessfulInstanceCreditSpecifications: unsuccessful,
  };
};

export const creditActions: Actions = {
  reads: { DescribeInstanceCreditSpecifications },
  writes: { ModifyInstanceCreditSpecification },
};
