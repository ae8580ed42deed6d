// What a reverse proxy of Node's own parts reaches that does nothing but pass on: the peer of bench/upstream.ts.
import { Agent, createServer, request } from "node:http";

const agent = new Agent({ keepAlive: true });
const [, , port, upstream] = process.argv;

createServer((incoming, response) => {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port: upstream, method, path: url, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  incoming.pipe(outgoing);
}).listen(Number(port), "127.0.0.1");
