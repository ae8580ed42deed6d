import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Members } from "./call.ts";
import { decodeAnswer, decodeError, requestIdIn } from "./decode-answer.ts";
import { AwsError } from "./error.ts";
import type { WireResponse } from "./http.ts";
import { encodeAnswer, encodeError } from "./index.ts";
import { anyText, type Carrier, membersOf, xmlText } from "./members.fixture.ts";
import { type Action, type Service, service, services } from "./model.ts";

const carrier = ({ protocol }: Service): Carrier => ({
  empties: true,
  text: protocol.includes("son") ? anyText : xmlText,
});
const requestId = "11111111-2222-4333-8444-555555555555";

/** As the other side of the connection has it: a body is bytes there. */
const received = ({ status, headers, body }: WireResponse) => ({
  status,
  headers,
  body: Buffer.from((body ?? "") as string | Uint8Array),
});

// Bytes compare as base64.
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one)),
  );

function holds(of: Service, action: Action, everything: boolean, numRuns: number): void {
  fc.assert(
    fc.property(membersOf(action.output, carrier(of), everything), (output: Members) => {
      const read = decodeAnswer(of, action, received(encodeAnswer(of, action, requestId, output)));
      expect(comparable(read), action.name).toMatchObject(comparable(output) as object);
    }),
    { numRuns },
  );
}

// Answered in an event stream, which no service here writes.
const eventStreams = new Set(["SelectObjectContent"]);

describe.each([...services])("answers of every action of %s", (_name, of) => {
  test("are read as what they were written from", { timeout: 120_000 }, () => {
    for (const action of of.actions.values()) {
      if (eventStreams.has(action.name)) continue;
      holds(of, action, true, 1);
      holds(of, action, false, 2);
    }
  });

  test("errors are read with code, message, fault and request id", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z][A-Za-z.]{0,30}$/),
        xmlText,
        fc.constantFrom(400, 403, 404, 500, 503),
        (code, message, status) => {
          const answer = received(encodeError(of, requestId, new AwsError(code, message, { status })));
          const error = decodeError(of, answer);
          expect([error.code, error.message, error.status]).toEqual([code, message, status]);
          expect(error.fault).toBe(status >= 500 ? "Receiver" : "Sender");
          expect(requestIdIn(answer)).toBe(requestId);
        },
      ),
    );
  });

  test("what is no answer of the service gives an error named by its status, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const error = decodeError(of, { status: 502, headers: {}, body: Buffer.from(bytes) });
        expect(error.status).toBe(502);
      }),
    );
    const page = Buffer.from("<!doctype html><html><body>Bad Gateway</body></html>");
    expect(decodeError(of, { status: 500, headers: {}, body: page })).toMatchObject({ code: "InternalError" });
    expect(decodeError(of, { status: 404, headers: {}, body: Buffer.alloc(0) })).toMatchObject({ code: "NotFound" });
  });
});

test("an answer that leaves out what the model requires, or has other types, is read as far as it goes", () => {
  const ec2 = service("ec2");
  const body = Buffer.from(
    "<CreateVolumeResponse><requestId>r</requestId><volumeId>vol-1</volumeId><size>big</size></CreateVolumeResponse>",
  );
  const read = decodeAnswer(ec2, ec2.actions.get("CreateVolume") as Action, { status: 200, headers: {}, body });
  expect(read).toEqual({ VolumeId: "vol-1" });
});

test("a JSON service's error code stands in a header or the body, with its name space and a URL around it", () => {
  const cloudtrail = service("cloudtrail");
  const body = Buffer.from('{"__type":"com.amazonaws.kms#NotFoundException","message":"gone"}');
  expect(decodeError(cloudtrail, { status: 400, headers: {}, body })).toMatchObject({
    code: "NotFoundException",
    message: "gone",
  });
  const headers = { "x-amzn-errortype": "ResourceNotFoundException:http://internal.amazon.com/coral/" };
  expect(decodeError(cloudtrail, { status: 404, headers, body: Buffer.from('{"Message":"no"}') })).toMatchObject({
    code: "ResourceNotFoundException",
    message: "no",
  });
});
