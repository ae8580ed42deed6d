import { CreateVolumeCommand, EC2Client, type VolumeType } from "@aws-sdk/client-ec2";
import { useState } from "react";
import { useClient } from "../session/clients.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import { useZones } from "./lists.ts";
import { text } from "./words.ts";

// Those that need nothing but a size.
const types: readonly VolumeType[] = ["gp3", "gp2", "st1", "sc1", "standard"];
const mostGiB = 16_384;

/** The dialog that creates a volume. */
export function CreateVolume({ onClose }: { readonly onClose: () => void }) {
  const client = useClient(EC2Client);
  const zones = useZones();
  const [name, setName] = useState("");
  const [size, setSize] = useState("8");
  const [type, setType] = useState<string>("gp3");
  const [zone, setZone] = useState("");
  const [checked, setChecked] = useState(false);
  const AvailabilityZone = zone || zones.data?.[0];
  const sizeOk = /^[1-9]\d*$/.test(size) && Number(size) <= mostGiB;
  return (
    <ActionDialog
      name="CreateVolume"
      title={text().createVolume}
      send={({ DryRun }) =>
        client.send(
          new CreateVolumeCommand({
            Size: Number(size),
            VolumeType: type as VolumeType,
            AvailabilityZone,
            ...(name && { TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "Name", Value: name }] }] }),
            DryRun,
          }),
        )
      }
      done={({ VolumeId = "" }) => text().createVolumeDone(VolumeId)}
      check={() => {
        setChecked(true);
        return sizeOk && AvailabilityZone !== undefined;
      }}
      onClose={onClose}
    >
      <TextField label={text().name} value={name} onChange={setName} optional />
      <ChoiceField
        label={text().volumeType}
        value={type}
        onChange={setType}
        choices={types.map((value) => ({ value, label: value }))}
      />
      <TextField
        label={text().sizeField}
        value={size}
        onChange={setSize}
        wrong={checked && !sizeOk ? text().sizeWrong : undefined}
      />
      <ChoiceField
        label={text().zone}
        value={AvailabilityZone ?? ""}
        onChange={setZone}
        loading={zones.isPending}
        wrong={checked && !AvailabilityZone ? (zones.error?.message ?? text().needed) : undefined}
        choices={(zones.data ?? []).map((value) => ({ value, label: value }))}
      />
    </ActionDialog>
  );
}
