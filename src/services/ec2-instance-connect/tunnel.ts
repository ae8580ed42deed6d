import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import type { Call } from "../../aws/call.ts";
import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { State } from "../../storage/state/state.ts";
import { instanceConnectEndpointState } from "../ec2/index.ts";
import type { Handler } from "../service.ts";

/** As the query has them: all text. */
interface OpenTunnelInput {
  readonly instanceConnectEndpointId?: string;
  readonly remotePort?: string;
  readonly privateIpAddress?: string;
  readonly maxTunnelDuration?: string;
}

interface OpenTunnelOutput {
  readonly upgrade: string;
  readonly connection: string;
  readonly accept: string;
  readonly frames: Buffer;
}

// What AWS is seen to answer to a port; the others follow it.
const invalid = (name: string, advice: string) =>
  new AwsError(
    "InvalidParameter",
    `The specified ${name} is not valid. Specify ${advice} as the ${name} and retry your request.`,
  );

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html
const ports = ["22", "3389"];
const longestSeconds = 3600;

function check({ remotePort = "", privateIpAddress = "", maxTunnelDuration }: OpenTunnelInput): void {
  if (!ports.includes(remotePort)) throw invalid("RemotePort", "either 22 or 3389");
  if (!isIPv4(privateIpAddress)) throw invalid("PrivateIpAddress", "a private IPv4 address");
  if (maxTunnelDuration === undefined) return;
  const seconds = /^\d{1,4}$/.test(maxTunnelDuration) ? Number(maxTunnelDuration) : 0;
  if (seconds < 1 || seconds > longestSeconds)
    throw invalid("MaxTunnelDuration", `a number of seconds from 1 to ${longestSeconds}`);
}

// https://www.rfc-editor.org/rfc/rfc6455#section-1.3
const handshakeKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const accepted = (key: string) =>
  createHash("sha1")
    .update(key + handshakeKey)
    .digest("base64");

const internalError = 1011;

/** The frame that ends a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1 */
function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason);
  return Buffer.concat([Buffer.from([0x88, 2 + text.length, code >> 8, code & 0xff]), text]);
}

/**
 * OpenTunnel: opens the WebSocket as AWS does, then closes it and says why: nothing runs at the other end.
 * Throws an AwsError for an endpoint that isn't there or isn't ready, and for a port that endpoints don't take.
 */
export function openTunnel({ state, clock }: { readonly state: State; readonly clock: Clock }) {
  const OpenTunnel: Handler<OpenTunnelInput, OpenTunnelOutput> = async (input, call: Call) => {
    check(input);
    const { instanceConnectEndpointId: id = "" } = input;
    if ((await instanceConnectEndpointState(state, call, id, clock.now())) !== "create-complete")
      throw invalid("InstanceConnectEndpointId", "an endpoint that is in the state create-complete");
    const { upgrade = "", "sec-websocket-key": key } = call.request.headers;
    if (upgrade.toLowerCase() !== "websocket" || key === undefined)
      throw new AwsError("BadRequest", "The request must ask for an upgrade to a WebSocket.");
    const reason = `Nothing runs behind ${input.privateIpAddress}: instances of OpenTrail are descriptions`;
    return {
      upgrade: "websocket",
      connection: "Upgrade",
      accept: accepted(key),
      frames: closeFrame(internalError, reason),
    };
  };
  return OpenTunnel;
}
