import { createHash } from "node:crypto";
import type { Kind } from "./kind.ts";
import { element, Refused, type Wire } from "./wire.ts";

const putObject = (wire: Wire, path: string, n: number) => wire.rest("s3", "PUT", path, `the object's text ${n}`);
const getObject = async (wire: Wire, path: string) => (await wire.rest("s3", "GET", path)).text;
const madeBucket = async (wire: Wire, name: string) => {
  await wire.rest("s3", "PUT", `/${name}`);
  return name;
};
/** In a bucket of its own, which the object's removal takes away, too. */
const bucketOf = (path: string) => path.slice(0, path.indexOf("/", 1));

export const kindsOfS3: readonly Kind[] = [
  {
    name: "bucket",
    named: (n) => `bucket-${n}`,
    make: madeBucket,
    made: "untagged",
    look: async (wire, name) => {
      await wire.rest("s3", "GET", `/${name}?location`);
      try {
        return /<Value>(.*?)<\/Value>/.exec((await wire.rest("s3", "GET", `/${name}?tagging`)).text)?.[1];
      } catch (error) {
        if (error instanceof Refused && error.code === "NoSuchTagSet") return "untagged";
        throw error;
      }
    },
    change: (wire, name, n) => {
      const tags = `<Tagging><TagSet><Tag><Key>n</Key><Value>${n}</Value></Tag></TagSet></Tagging>`;
      const md5 = createHash("md5").update(tags).digest("base64");
      return wire.rest("s3", "PUT", `/${name}?tagging`, tags, { "content-md5": md5 });
    },
    changed: String,
    remove: (wire, name) => wire.rest("s3", "DELETE", `/${name}`),
  },
  {
    name: "object",
    named: (n) => `/objects-${n}/folder/object`,
    make: async (wire, path) => {
      await madeBucket(wire, bucketOf(path).slice(1));
      await putObject(wire, path, 0);
      return path;
    },
    made: "the object's text 0",
    look: getObject,
    change: putObject,
    changed: (n) => `the object's text ${n}`,
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
  {
    name: "object in parts",
    named: (n) => `/parts-${n}/object`,
    make: async (wire, path) => {
      await madeBucket(wire, bucketOf(path).slice(1));
      const upload = element("UploadId", await wire.rest("s3", "POST", `${path}?uploads`));
      const part = await wire.rest("s3", "PUT", `${path}?partNumber=1&uploadId=${upload}`, "the only part");
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
      await wire.rest("s3", "POST", `${path}?uploadId=${upload}`, list);
      return path;
    },
    made: "the only part",
    look: getObject,
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
  {
    name: "object with versions",
    named: (n) => `/versions-${n}/object`,
    make: async (wire, path) => {
      const bucket = bucketOf(path);
      await madeBucket(wire, bucket.slice(1));
      const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
      await wire.rest("s3", "PUT", `${bucket}?versioning`, versioning);
      const first = await putObject(wire, path, 0);
      await putObject(wire, path, 1);
      return `${path}?versionId=${first.headers["x-amz-version-id"]}`;
    },
    made: "the object's text 0, then 1",
    look: async (wire, path) => {
      const first = await getObject(wire, path);
      const newest = await getObject(wire, path.replace(/\?.*/, ""));
      return `${first}, then ${newest.at(-1)}`;
    },
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
];
