import type {
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse,
  DeleteServiceLinkedRoleRequest,
  DeleteServiceLinkedRoleResponse,
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import type { Role } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { optional, required } from "./checks.ts";
import { entityNotFound, invalidInput, noSuchEntity } from "./errors.ts";
import { serviceLinkedPath } from "./protected-roles.ts";
import { wireRole } from "./roles.ts";
import { addEntity, changeEntity, type IamParts, newEntityId, readEntity } from "./store.ts";

interface Row {
  readonly service: string;
  readonly role: string;
  /** Under `aws-service-role/`. */
  readonly policy: string;
  /** Whether there may be more than one, told apart by a suffix. */
  readonly suffix?: true;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html, and the services' guides
const rows: readonly Row[] = [
  { service: "autoscaling", role: "AutoScaling", policy: "AutoScalingServiceRolePolicy", suffix: true },
  { service: "backup", role: "Backup", policy: "AWSBackupServiceLinkedRolePolicyForBackup" },
  { service: "cloudtrail", role: "CloudTrail", policy: "CloudTrailServiceRolePolicy" },
  { service: "config", role: "Config", policy: "AWSConfigServiceRolePolicy" },
  { service: "ec2-instance-connect", role: "EC2InstanceConnect", policy: "Ec2InstanceConnectEndpoint" },
  { service: "ec2fleet", role: "EC2Fleet", policy: "AWSEC2FleetServiceRolePolicy" },
  { service: "ecs", role: "ECS", policy: "AmazonECSServiceRolePolicy" },
  { service: "eks", role: "AmazonEKS", policy: "AmazonEKSServiceRolePolicy" },
  { service: "eks-nodegroup", role: "AmazonEKSNodegroup", policy: "AWSServiceRoleForAmazonEKSNodegroup" },
  { service: "elasticloadbalancing", role: "ElasticLoadBalancing", policy: "AWSElasticLoadBalancingServiceRolePolicy" },
  { service: "es", role: "AmazonElasticsearchService", policy: "AmazonElasticsearchServiceRolePolicy" },
  { service: "guardduty", role: "AmazonGuardDuty", policy: "AmazonGuardDutyServiceRolePolicy" },
  { service: "organizations", role: "Organizations", policy: "AWSOrganizationsServiceTrustPolicy" },
  { service: "rds", role: "RDS", policy: "AmazonRDSServiceRolePolicy" },
  { service: "securityhub", role: "SecurityHub", policy: "AWSSecurityHubServiceRolePolicy" },
  { service: "spot", role: "EC2Spot", policy: "AWSEC2SpotServiceRolePolicy" },
  { service: "spotfleet", role: "EC2SpotFleet", policy: "AWSEC2SpotFleetServiceRolePolicy" },
  { service: "ssm", role: "AmazonSSM", policy: "AmazonSSMServiceRolePolicy" },
];

function deletionKey(account: AccountId, task: string): string {
  return `iam/${account}/deletion/${task}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html */
export function serviceLinkedRoleHandlers({ state, clock, random }: IamParts): Handlers {
  return {
    async CreateServiceLinkedRole(
      input: CreateServiceLinkedRoleRequest,
      { account },
    ): Promise<CreateServiceLinkedRoleResponse> {
      const service = required("aWSServiceName", input.AWSServiceName);
      const row = rows.find((one) => `${one.service}.amazonaws.com` === service);
      if (!row) throw invalidInput(`OpenTrail knows no service-linked role of ${service}`);
      if (input.CustomSuffix !== undefined && !row.suffix) {
        throw invalidInput(`Custom suffix is not allowed for ${service}`);
      }
      const suffix = input.CustomSuffix === undefined ? "" : `_${input.CustomSuffix}`;
      const name = `AWSServiceRoleFor${row.role}${suffix}`;
      const role: Role = {
        name,
        path: `${serviceLinkedPath}${service}/`,
        id: newEntityId("role", random),
        created: clock.now(),
        tags: [],
        trustPolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [service] } }],
        }),
        ...optional("description", input.Description),
        maxSessionDuration: 3600,
        policies: {},
        attachedPolicies: [`arn:aws:iam::aws:policy/aws-service-role/${row.policy}`],
      };
      if (!(await addEntity(state, account, "role", role))) {
        throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`);
      }
      return { Role: wireRole(account, role) };
    },

    async DeleteServiceLinkedRole(
      input: DeleteServiceLinkedRoleRequest,
      { account },
    ): Promise<DeleteServiceLinkedRoleResponse> {
      const name = required("roleName", input.RoleName);
      const before = await readEntity(state, account, "role", name);
      const role = before.value;
      if (!role.path.startsWith(serviceLinkedPath)) throw entityNotFound("role", name);
      const task = `task${role.path}${role.name}/${random.uuid()}`;
      const done = { key: deletionKey(account, task), value: clock.now() };
      await changeEntity<"role">(state, before, undefined, done);
      return { DeletionTaskId: task };
    },

    async GetServiceLinkedRoleDeletionStatus(
      input: GetServiceLinkedRoleDeletionStatusRequest,
      { account },
    ): Promise<GetServiceLinkedRoleDeletionStatusResponse> {
      const task = required("deletionTaskId", input.DeletionTaskId);
      if (!(await state.get(deletionKey(account, task)))) {
        throw noSuchEntity(`Deletion task with id ${task} cannot be found.`);
      }
      return { Status: "SUCCEEDED" };
    },
  };
}
