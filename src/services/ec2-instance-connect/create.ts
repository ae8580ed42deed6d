import type {
  SendSerialConsoleSSHPublicKeyCommandInput,
  SendSerialConsoleSSHPublicKeyCommandOutput,
  SendSSHPublicKeyCommandInput,
  SendSSHPublicKeyCommandOutput,
} from "@aws-sdk/client-ec2-instance-connect";
import type { Call } from "../../aws/call.ts";
import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { State } from "../../storage/state/state.ts";
import { findInstance, type KnownInstance, serialConsoleEnabled } from "../ec2/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { argument, fingerprint, invalidArguments } from "./arguments.ts";
import type { PushedKeys } from "./pushed-keys.ts";
import { openTunnel } from "./tunnel.ts";

interface InstanceConnectOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly pushedKeys: Pick<PushedKeys, "push">;
}

type Output<CommandOutput> = Omit<CommandOutput, "$metadata">;

/** The handlers of EC2 Instance Connect. */
export function createInstanceConnect({ state, clock, pushedKeys }: InstanceConnectOptions): Handlers {
  async function runningInstance(id: string, call: Call): Promise<KnownInstance> {
    const instance = await findInstance(state, call, id, clock.now());
    if (!instance) throw new AwsError("EC2InstanceNotFoundException", "The specified instance was not found.");
    if (instance.state !== "running")
      throw new AwsError(
        "EC2InstanceStateInvalidException",
        "Unable to connect because the instance is not in a valid state. Connecting to a stopped or terminated instance is not supported. If the instance is stopped, start your instance, and try to connect again.",
      );
    return instance;
  }

  const SendSSHPublicKey: Handler<SendSSHPublicKeyCommandInput, Output<SendSSHPublicKeyCommandOutput>> = async (
    input,
    call,
  ) => {
    const id = argument("instanceId", input.InstanceId);
    const user = argument("instanceOSUser", input.InstanceOSUser);
    const publicKey = argument("sSHPublicKey", input.SSHPublicKey);
    const zone = input.AvailabilityZone && argument("availabilityZone", input.AvailabilityZone);
    fingerprint(publicKey);
    const instance = await runningInstance(id, call);
    if (zone && zone !== instance.availabilityZone)
      throw invalidArguments(`The instance ${id} is not in the Availability Zone ${zone}`);
    await pushedKeys.push(call, id, user, publicKey);
    return { RequestId: call.requestId, Success: true };
  };

  const SendSerialConsoleSSHPublicKey: Handler<
    SendSerialConsoleSSHPublicKeyCommandInput,
    Output<SendSerialConsoleSSHPublicKeyCommandOutput>
  > = async (input, call) => {
    const id = argument("instanceId", input.InstanceId);
    const publicKey = argument("sSHPublicKey", input.SSHPublicKey);
    const port = input.SerialPort ?? 0;
    if (port !== 0)
      throw invalidArguments(
        `1 validation error detected: Value '${port}' at 'serialPort' failed to satisfy constraint: Member must have value less than or equal to 0`,
      );
    fingerprint(publicKey);
    if (!(await serialConsoleEnabled(state, call)))
      throw new AwsError(
        "SerialConsoleAccessDisabledException",
        "Your account is not authorized to use the EC2 Serial Console. To authorize your account, run the EnableSerialConsoleAccess API. For more information, see EnableSerialConsoleAccess in the Amazon EC2 API Reference.",
      );
    const instance = await runningInstance(id, call);
    if (!instance.nitro)
      throw new AwsError(
        "EC2InstanceTypeInvalidException",
        "The instance type is not supported for connecting via the serial console. Only Nitro instance types are currently supported.",
      );
    await pushedKeys.push(call, id, port, publicKey);
    return { RequestId: call.requestId, Success: true };
  };

  return { SendSSHPublicKey, SendSerialConsoleSSHPublicKey, OpenTunnel: openTunnel({ state, clock }) };
}
