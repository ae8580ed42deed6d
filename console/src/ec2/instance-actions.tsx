import {
  EC2Client,
  type Instance,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import Box from "@cloudscape-design/components/box";
import { useClient } from "../session/clients.ts";
import { ActionDialog } from "./action-dialog.tsx";
import type { Called } from "./calls.ts";
import { nameOf } from "./lists.ts";
import { text } from "./words.ts";

export type InstanceAction = "start" | "stop" | "reboot" | "terminate";

interface Input {
  readonly InstanceIds: string[];
  readonly DryRun: boolean;
}

interface Row {
  readonly name: string;
  /** The states that it can be taken from. */
  readonly from: readonly string[];
  readonly send: (client: EC2Client, input: Input) => Promise<Called>;
}

/** What can be done to instances, in the order of the AWS console's menu. */
export const instanceActions: Readonly<Record<InstanceAction, Row>> = {
  stop: {
    name: "StopInstances",
    from: ["pending", "running"],
    send: (client, input) => client.send(new StopInstancesCommand(input)),
  },
  start: {
    name: "StartInstances",
    from: ["stopped"],
    send: (client, input) => client.send(new StartInstancesCommand(input)),
  },
  reboot: {
    name: "RebootInstances",
    from: ["running"],
    send: (client, input) => client.send(new RebootInstancesCommand(input)),
  },
  terminate: {
    name: "TerminateInstances",
    from: ["pending", "running", "stopping", "stopped"],
    send: (client, input) => client.send(new TerminateInstancesCommand(input)),
  },
};

interface InstanceActionDialogProps {
  readonly action: InstanceAction;
  readonly instances: readonly Instance[];
  readonly onClose: () => void;
}

/** Asks before something is done to instances. */
export function InstanceActionDialog({ action, instances, onClose }: InstanceActionDialogProps) {
  const client = useClient(EC2Client);
  const { name, send } = instanceActions[action];
  const InstanceIds = instances.flatMap(({ InstanceId }) => InstanceId ?? []);
  return (
    <ActionDialog
      name={name}
      title={text()[action]}
      send={({ DryRun }) => send(client, { InstanceIds, DryRun })}
      done={() => text()[`${action}Done`](InstanceIds.join(", "))}
      onClose={onClose}
    >
      <Box>{text()[`${action}What`]}</Box>
      <ul>
        {instances.map(({ InstanceId, Tags }) => (
          <li key={InstanceId}>
            {InstanceId} {nameOf(Tags)}
          </li>
        ))}
      </ul>
    </ActionDialog>
  );
}
