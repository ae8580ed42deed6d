import { EC2Client, RunInstancesCommand, type RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { useState } from "react";
import { useClient } from "../session/clients.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import { instanceTypesFor } from "./instance-types.ts";
import { useImages, useInstanceProfiles, useKeyPairs } from "./lists.ts";
import { text } from "./words.ts";

/** The dialog that launches instances; everything is chosen already. */
export function Launch({ onClose }: { readonly onClose: () => void }) {
  const client = useClient(EC2Client);
  const images = useImages();
  const keyPairs = useKeyPairs();
  const profiles = useInstanceProfiles();
  const [name, setName] = useState("");
  const [imageId, setImageId] = useState("");
  const [type, setType] = useState("");
  const [keyName, setKeyName] = useState("");
  const [profile, setProfile] = useState("");
  const [count, setCount] = useState("1");
  const [checked, setChecked] = useState(false);

  const image = images.data?.find(({ ImageId }) => ImageId === imageId) ?? images.data?.[0];
  const types = instanceTypesFor(image?.Architecture);
  const chosenType = types.includes(type) ? type : (types[0] ?? "");
  const countOk = /^([1-9]|1\d|20)$/.test(count);

  const input: RunInstancesCommandInput = {
    ImageId: image?.ImageId,
    InstanceType: chosenType as NonNullable<RunInstancesCommandInput["InstanceType"]>,
    MinCount: Number(count),
    MaxCount: Number(count),
    ...(keyName && { KeyName: keyName }),
    ...(profile && { IamInstanceProfile: { Arn: profile } }),
    ...(name && { TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: name }] }] }),
  };

  return (
    <ActionDialog
      name="RunInstances"
      title={text().launch}
      send={({ DryRun }) => client.send(new RunInstancesCommand({ ...input, DryRun }))}
      done={({ Instances = [] }) => text().launchDone(Instances.map(({ InstanceId }) => InstanceId).join(", "))}
      check={() => {
        setChecked(true);
        return countOk && image !== undefined;
      }}
      onClose={onClose}
    >
      <TextField label={text().name} value={name} onChange={setName} hint={text().nameHint} optional />
      <ChoiceField
        label={text().image}
        value={image?.ImageId ?? ""}
        onChange={setImageId}
        loading={images.isPending}
        wrong={checked && !image ? (images.error?.message ?? text().needed) : undefined}
        choices={(images.data ?? []).map(({ ImageId = "", Name = "", Description }) => ({
          value: ImageId,
          label: Description || Name,
          description: `${ImageId} ${Name}`,
        }))}
      />
      <ChoiceField
        label={text().type}
        value={chosenType}
        onChange={setType}
        choices={types.map((value) => ({ value, label: value }))}
      />
      <ChoiceField
        label={text().key}
        value={keyName}
        onChange={setKeyName}
        loading={keyPairs.isPending}
        choices={[
          { value: "", label: text().noKey },
          ...(keyPairs.data ?? []).map((value) => ({ value, label: value })),
        ]}
      />
      <ChoiceField
        label={text().profile}
        value={profile}
        onChange={setProfile}
        loading={profiles.isPending}
        choices={[
          { value: "", label: text().noProfile },
          ...(profiles.data ?? []).map(({ name: label, arn }) => ({ value: arn, label, description: arn })),
        ]}
      />
      <TextField
        label={text().count}
        value={count}
        onChange={setCount}
        wrong={checked && !countOk ? text().countWrong : undefined}
      />
    </ActionDialog>
  );
}
