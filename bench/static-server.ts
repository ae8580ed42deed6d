// An upstream that answers every call at once: what is left of a call's time is its way there and back.
import { createServer } from "node:http";

const body =
  '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>11111111-2222-4333-8444-555555555555</requestId><reservationSet/></DescribeInstancesResponse>';
const headers = {
  "content-type": "text/xml;charset=UTF-8",
  "content-length": Buffer.byteLength(body),
  "x-amzn-requestid": "11111111-2222-4333-8444-555555555555",
};

createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, headers).end(body));
}).listen(Number(process.argv[2]), "127.0.0.1");
