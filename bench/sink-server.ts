// An upstream that takes and gives bodies of any size, and that breaks off where it is asked to.
import { createServer, type ServerResponse } from "node:http";

const chunk = Buffer.alloc(256 * 1024, "x");
const answer = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";

/** As many bytes as the path says, as fast as they are taken. */
function give(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-length": bytes });
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const next = left < chunk.length ? chunk.subarray(0, left) : chunk;
      left -= next.length;
      if (!response.write(next)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
}

createServer((request, response) => {
  const bytes = Number(/\/(\d+)-bytes$/.exec(request.url ?? "")?.[1] ?? 0);
  if (request.method === "GET") give(response, bytes);
  else if (request.headers["x-break"]) request.socket.destroy();
  else request.resume().on("end", () => response.end(answer));
}).listen(Number(process.argv[2]), "127.0.0.1");
