// Smithy's static schemas: [9, namespace, name, traits, input, output] is an operation, [3, namespace, name, traits, names,
// members] a structure; 0 is a string, 21 a blob.
const namespace = "com.amazonaws.ec2instanceconnect";
const inQuery = (name: string) => [0, { httpQuery: name }];
const inHeader = (name: string) => [0, { httpHeader: name }];
const asked = ["instanceConnectEndpointId", "maxTunnelDuration", "remotePort", "privateIpAddress"];

/**
 * OpenTunnel of EC2 Instance Connect, which no SDK's model has: a presigned GET to an endpoint's own DNS name that becomes a
 * WebSocket. As aws-cli makes it, and in the order of AWS's example of its record:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/log-ec2-instance-connect-endpoint-using-cloudtrail.html
 */
export const OpenTunnel$ = [
  9,
  namespace,
  "OpenTunnel",
  { http: ["GET", "/openTunnel", 101] },
  [3, namespace, "OpenTunnelRequest", 0, asked, asked.map(inQuery)],
  [
    3,
    namespace,
    "OpenTunnelResponse",
    0,
    ["upgrade", "connection", "accept", "frames"],
    [inHeader("upgrade"), inHeader("connection"), inHeader("sec-websocket-accept"), [21, { httpPayload: 1 }]],
  ],
] as const;

/** Where a tunnel is opened; there, errors have a form of their own. */
export const tunnelPath = "/openTunnel";
