import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AwsError } from "./error.ts";
import type { WireRequest } from "./http.ts";
import { decodeChunked } from "./index.ts";
import { credentials, requestOfSdk } from "./sdk.fixture.ts";

const secret = credentials.secretAccessKey;

function head(headers: Readonly<Record<string, string>>): Omit<WireRequest, "body"> {
  return { method: "PUT", path: "/bucket-1/key", query: "", headers, remoteAddress: "127.0.0.1" };
}

async function decoded(pieces: readonly (Buffer | string)[], headers: Readonly<Record<string, string>>, key?: string) {
  const body = decodeChunked(Readable.from(pieces.map((piece) => Buffer.from(piece))), head(headers), key);
  return { bytes: Buffer.concat(await body.toArray()), trailers: { ...body.trailers } };
}

async function refusal(...parts: Parameters<typeof decoded>): Promise<string> {
  const error: unknown = await decoded(...parts).catch((reason: unknown) => reason);
  if (!(error instanceof AwsError)) throw new Error("was not refused");
  return error.code;
}

const unsigned = { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "11" };

test("what the SDK streams comes out whole, with its checksum", async () => {
  const request = await requestOfSdk(
    "s3",
    "PutObject",
    {
      Bucket: "bucket-1",
      Key: "key",
      Body: Readable.from([Buffer.from("hello "), Buffer.from("world")]),
      ContentLength: 11,
    },
    { requestChecksumCalculation: "WHEN_SUPPORTED" },
  );
  expect(request.headers["x-amz-trailer"]).toBe("x-amz-checksum-crc32");
  const body = decodeChunked(request.body as Readable, request, secret);
  expect(Buffer.concat(await body.toArray()).toString()).toBe("hello world");
  expect(body.trailers).toEqual({ "x-amz-checksum-crc32": "DUoRhQ==" });
});

test("chunks may be cut anywhere", async () => {
  const framed = Buffer.from("6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(framed.length), { maxLength: 12 }), async (cuts) => {
      const edges = [0, ...cuts.sort((one, other) => one - other), framed.length];
      const pieces = edges.slice(1).map((edge, i) => framed.subarray(edges[i], edge));
      const { bytes, trailers } = await decoded(pieces, unsigned);
      expect(bytes.toString()).toBe("hello world");
      expect(trailers).toEqual({ "x-amz-checksum-crc32": "DUoRhQ==" });
    }),
  );
});

test("any bytes in any chunks come out as they went in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 })), async (chunks) => {
      const framed = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, Buffer.from(chunk), "\r\n"]);
      const { bytes } = await decoded([...framed, "0\r\n\r\n"], {});
      expect(bytes).toEqual(Buffer.concat(chunks));
    }),
  );
});

test.each([
  ["breaks off in a chunk", ["b\r\nhello"]],
  ["breaks off between chunks", ["b\r\nhello world\r\n"]],
  ["has a chunk longer than its size", ["6\r\nhello world\r\n0\r\n\r\n"]],
  ["has no size", ["hello world\r\n0\r\n\r\n"]],
  ["goes on after its end", ["b\r\nhello world\r\n0\r\n\r\nmore\r\n"]],
  ["has a line without end", ["b;chunk-signature=".padEnd(10_000, "0")]],
  ["is shorter than it says", ["5\r\nhello\r\n0\r\n\r\n"]],
  ["is empty", [""]],
])("a body that %s is incomplete", async (_what, pieces) => {
  expect(await refusal(pieces, unsigned)).toBe("IncompleteBody");
});

describe("signed chunks, as in AWS's documentation", () => {
  const scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
  const signed = (payload: string, seed: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host,Signature=${seed}`,
    "x-amz-content-sha256": payload,
    "x-amz-date": "20130524T000000Z",
    "x-amz-decoded-content-length": "66560",
  });
  const body = (first: string, second: string, end: string) => [
    `10000;chunk-signature=${first}\r\n`,
    "a".repeat(65536),
    `\r\n400;chunk-signature=${second}\r\n`,
    "a".repeat(1024),
    `\r\n${end}`,
  ];

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
  const plain = signed(
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  );
  const chunks = body(
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n",
  );

  test("are taken when every signature follows from the one before", async () => {
    expect((await decoded(chunks, plain, secret)).bytes.length).toBe(66560);
  });

  test("are refused when a byte, a signature, a chunk or the end is another", async () => {
    const changed = (index: number, text: string) => chunks.with(index, text);
    expect(await refusal(changed(1, `b${"a".repeat(65535)}`), plain, secret)).toBe("SignatureDoesNotMatch");
    expect(await refusal(changed(3, `b${"a".repeat(1023)}`), plain, secret)).toBe("SignatureDoesNotMatch");
    expect(await refusal(changed(4, "\r\n0\r\n\r\n"), plain, secret)).toBe("SignatureDoesNotMatch");
    expect(await refusal(chunks, plain, "another")).toBe("SignatureDoesNotMatch");
  });

  test("aren't checked where the key isn't known", async () => {
    expect((await decoded(chunks, plain)).bytes.length).toBe(66560);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
  const trailing = signed(
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  );
  const withTrailer = (checksum: string) =>
    body(
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n" +
        `x-amz-checksum-crc32c:${checksum}\r\n` +
        "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
    );

  test("sign their trailer too", async () => {
    const { trailers } = await decoded(withTrailer("sOO8/Q=="), trailing, secret);
    expect(trailers["x-amz-checksum-crc32c"]).toBe("sOO8/Q==");
    expect(await refusal(withTrailer("AAAAAA=="), trailing, secret)).toBe("SignatureDoesNotMatch");
  });
});
