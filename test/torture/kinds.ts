import type { Kind } from "./kind.ts";
import { kindsOfEc2 } from "./kinds-of-ec2.ts";
import { kindsOfIam } from "./kinds-of-iam.ts";
import { kindsOfS3 } from "./kinds-of-s3.ts";

/** Where trails that clients make deliver to. */
export const bucketOfOthers = "other-logs";

const trails: Kind = {
  name: "trail and its selectors",
  named: (n) => `other-${n}`,
  make: async (wire, Name) => {
    await wire.json("CreateTrail", { Name, S3BucketName: bucketOfOthers });
    return Name;
  },
  made: "All",
  look: async (wire, TrailName) => {
    const { text } = await wire.json("GetEventSelectors", { TrailName });
    return (JSON.parse(text) as { EventSelectors: { ReadWriteType: string }[] }).EventSelectors[0]?.ReadWriteType;
  },
  change: (wire, TrailName, n) =>
    wire.json("PutEventSelectors", {
      TrailName,
      EventSelectors: [{ ReadWriteType: readWrite(n), IncludeManagementEvents: true }],
    }),
  changed: readWrite,
  remove: (wire, Name) => wire.json("DeleteTrail", { Name }),
};

function readWrite(n: number): string {
  return n % 2 ? "WriteOnly" : "ReadOnly";
}

/** Every kind of resource that the embedded services keep. */
export const kinds: readonly Kind[] = [...kindsOfEc2, ...kindsOfS3, ...kindsOfIam, trails];
