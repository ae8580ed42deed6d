import type { Instance } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../dialog.tsx";
import { useClient } from "../session/clients.ts";
import { useSession } from "../session/session.ts";
import { failureOf } from "./calls.ts";
import { EventLink } from "./event-link.tsx";
import { TextField } from "./fields.tsx";
import { osUserOf } from "./instance-types.ts";
import { useImages } from "./lists.ts";
import { Pushed, type PushedKey } from "./pushed.tsx";
import { generateSshKey } from "./ssh-key.ts";
import { text } from "./words.ts";

const eventName = "SendSSHPublicKey";

interface ConnectProps {
  readonly instance: Instance;
  readonly onClose: () => void;
}

/** The dialog that sends a public key to an instance with EC2 Instance Connect, and says how to connect then. */
export function Connect({ instance, onClose }: ConnectProps) {
  const { InstanceId = "", PublicDnsName, PublicIpAddress, PrivateIpAddress } = instance;
  const client = useClient(EC2InstanceConnectClient);
  const images = useImages();
  const session = useSession();
  const [typedUser, setTypedUser] = useState<string>();
  const [way, setWay] = useState<"generate" | "own">("generate");
  const [ownKey, setOwnKey] = useState("");
  const [checked, setChecked] = useState(false);
  const osUser = typedUser ?? osUserOf(images.data?.find(({ ImageId }) => ImageId === instance.ImageId)?.Name);

  const push = useMutation({
    mutationFn: async (): Promise<PushedKey> => {
      const made = way === "generate" ? await generateSshKey(`${session?.userName}@console`) : undefined;
      const SSHPublicKey = made?.publicKey ?? ownKey.trim();
      const input = { InstanceId, InstanceOSUser: osUser.trim(), SSHPublicKey };
      const { $metadata } = await client.send(new SendSSHPublicKeyCommand(input));
      const host = PublicDnsName || PublicIpAddress || PrivateIpAddress || InstanceId;
      return { privateKey: made?.privateKey, osUser: osUser.trim(), host, requestId: $metadata.requestId ?? "" };
    },
  });
  const failure = push.error && failureOf(push.error);
  // What WebCrypto throws is none of AWS's.
  const canNotMake = way === "generate" && failure?.code === "" && !(push.error instanceof TypeError);

  return (
    <Dialog
      title={`${text().connectTitle}: ${InstanceId}`}
      onClose={onClose}
      submit={
        push.data
          ? undefined
          : {
              text: text().push,
              loading: push.isPending,
              onSubmit() {
                setChecked(true);
                if (osUser.trim() && (way === "generate" || ownKey.trim())) push.mutate();
              },
            }
      }
    >
      {push.data ? (
        <Pushed pushed={push.data} eventName={eventName} instanceId={InstanceId} />
      ) : (
        <>
          <Box color="text-body-secondary">{text().connectWhy}</Box>
          <TextField
            label={text().osUser}
            value={osUser}
            onChange={setTypedUser}
            hint={text().osUserHint}
            wrong={checked && !osUser.trim() ? text().needed : undefined}
          />
          <FormField label={text().keyChoice} stretch>
            <RadioGroup
              value={way}
              onChange={({ detail }) => setWay(detail.value as "generate" | "own")}
              items={[
                { value: "generate", label: text().generate, description: text().generateHint },
                { value: "own", label: text().own },
              ]}
            />
          </FormField>
          {way === "own" && (
            <FormField
              label={text().ownLabel}
              constraintText={text().ownHint}
              errorText={checked && !ownKey.trim() ? text().needed : undefined}
              stretch
            >
              <Textarea value={ownKey} rows={3} spellcheck={false} onChange={({ detail }) => setOwnKey(detail.value)} />
            </FormField>
          )}
          {failure && (
            <Alert type="error" header={text().failed(text().push)}>
              <div className="failure">
                {failure.code && <strong>{failure.code}: </strong>}
                {canNotMake ? text().notHere : failure.message}
              </div>
              {failure.requestId !== undefined && <EventLink requestId={failure.requestId} eventName={eventName} />}
            </Alert>
          )}
        </>
      )}
    </Dialog>
  );
}
