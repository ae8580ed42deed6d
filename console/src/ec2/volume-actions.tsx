import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  DeleteVolumeCommand,
  DetachVolumeCommand,
  EC2Client,
  type Volume,
} from "@aws-sdk/client-ec2";
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { useClient } from "../session/clients.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import { nameOf, useInstances } from "./lists.ts";
import { text } from "./words.ts";

interface VolumeDialogProps {
  readonly volume: Volume;
  readonly onClose: () => void;
}

/** Asks for an instance of the volume's zone, and for the device's name there. */
export function AttachVolume({ volume: { VolumeId = "", AvailabilityZone }, onClose }: VolumeDialogProps) {
  const client = useClient(EC2Client);
  const instances = useInstances();
  const [chosen, setChosen] = useState("");
  const [device, setDevice] = useState("/dev/sdf");
  const [checked, setChecked] = useState(false);
  const near = (instances.data ?? []).filter(
    ({ Placement, State }) =>
      Placement?.AvailabilityZone === AvailabilityZone && ["running", "stopped"].includes(State?.Name ?? ""),
  );
  const InstanceId = chosen || near[0]?.InstanceId;
  return (
    <ActionDialog
      name="AttachVolume"
      title={text().attachVolume}
      send={({ DryRun }) =>
        client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: device.trim(), DryRun }))
      }
      done={() => text().attachDone(VolumeId)}
      check={() => {
        setChecked(true);
        return InstanceId !== undefined && device.trim() !== "";
      }}
      onClose={onClose}
    >
      <ChoiceField
        label={text().instance}
        value={InstanceId ?? ""}
        onChange={setChosen}
        loading={instances.isPending}
        wrong={checked && !InstanceId ? text().needed : undefined}
        choices={near.map(({ InstanceId: value = "", Tags }) => ({ value, label: `${value} ${nameOf(Tags)}`.trim() }))}
      />
      <TextField
        label={text().device}
        value={device}
        onChange={setDevice}
        hint={text().deviceHint}
        wrong={checked && device.trim() === "" ? text().needed : undefined}
      />
    </ActionDialog>
  );
}

export function DetachVolume({ volume: { VolumeId = "" }, onClose }: VolumeDialogProps) {
  const client = useClient(EC2Client);
  return (
    <ActionDialog
      name="DetachVolume"
      title={text().detachVolume}
      send={({ DryRun }) => client.send(new DetachVolumeCommand({ VolumeId, DryRun }))}
      done={() => text().detachDone(VolumeId)}
      onClose={onClose}
    >
      <Box>
        {text().detachWhat} {VolumeId}
      </Box>
    </ActionDialog>
  );
}

export function DeleteVolume({ volume: { VolumeId = "" }, onClose }: VolumeDialogProps) {
  const client = useClient(EC2Client);
  return (
    <ActionDialog
      name="DeleteVolume"
      title={text().deleteVolume}
      send={({ DryRun }) => client.send(new DeleteVolumeCommand({ VolumeId, DryRun }))}
      done={() => text().deleteDone(VolumeId)}
      onClose={onClose}
    >
      <Box>
        {text().deleteWhat} {VolumeId}
      </Box>
    </ActionDialog>
  );
}

export function CreateSnapshot({ volume: { VolumeId = "" }, onClose }: VolumeDialogProps) {
  const client = useClient(EC2Client);
  const [description, setDescription] = useState("");
  return (
    <ActionDialog
      name="CreateSnapshot"
      title={text().createSnapshot}
      send={({ DryRun }) =>
        client.send(new CreateSnapshotCommand({ VolumeId, ...(description && { Description: description }), DryRun }))
      }
      done={({ SnapshotId = "" }) => text().snapshotDone(SnapshotId)}
      onClose={onClose}
    >
      <Box>
        {text().snapshotOf} {VolumeId}
      </Box>
      <TextField label={text().snapshotDescription} value={description} onChange={setDescription} optional />
    </ActionDialog>
  );
}
