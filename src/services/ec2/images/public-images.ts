import { createHash } from "node:crypto";
import type { ImageResource } from "./kinds.ts";

interface Row {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly alias?: string;
  readonly architecture: "x86_64" | "arm64";
  readonly device: string;
  readonly sizeGiB: number;
  readonly created: string;
  readonly boot: "uefi-preferred" | "uefi" | undefined;
  /** Instance metadata version 2 is required. */
  readonly imdsV2?: boolean;
  readonly platform?: { readonly details: string; readonly usage: string; readonly windows?: boolean };
}

const amazon = { owner: "137112412989", alias: "amazon", device: "/dev/xvda" };
const canonical = { owner: "099720109477", device: "/dev/sda1", sizeGiB: 8 };

// A few of the images that everybody may launch, with their publishers' names and settings. Their ids are made from
// Region and name: the same in every installation, but not AWS's.
const rows: readonly Row[] = [
  {
    ...amazon,
    name: "al2023-ami-2023.11.20260427.1-kernel-6.1-x86_64",
    description: "Amazon Linux 2023 AMI 2023.11.20260427.1 x86_64 HVM kernel-6.1",
    architecture: "x86_64",
    sizeGiB: 8,
    created: "2026-04-27T20:11:05.000Z",
    boot: "uefi-preferred",
    imdsV2: true,
  },
  {
    ...amazon,
    name: "al2023-ami-2023.11.20260427.1-kernel-6.1-arm64",
    description: "Amazon Linux 2023 AMI 2023.11.20260427.1 arm64 HVM kernel-6.1",
    architecture: "arm64",
    sizeGiB: 8,
    created: "2026-04-27T20:11:08.000Z",
    boot: "uefi",
    imdsV2: true,
  },
  {
    ...amazon,
    name: "amzn2-ami-hvm-2.0.20260427.1-x86_64-gp2",
    description: "Amazon Linux 2 AMI 2.0.20260427.1 x86_64 HVM gp2",
    architecture: "x86_64",
    sizeGiB: 8,
    created: "2026-04-27T18:40:31.000Z",
    boot: undefined,
  },
  {
    ...canonical,
    name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260420",
    description: "Canonical, Ubuntu, 24.04, amd64 noble image",
    architecture: "x86_64",
    created: "2026-04-20T07:32:17.000Z",
    boot: "uefi-preferred",
    imdsV2: true,
  },
  {
    ...canonical,
    name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20260420",
    description: "Canonical, Ubuntu, 24.04, arm64 noble image",
    architecture: "arm64",
    created: "2026-04-20T07:30:49.000Z",
    boot: "uefi",
    imdsV2: true,
  },
  {
    ...canonical,
    name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260415",
    description: "Canonical, Ubuntu, 22.04, amd64 jammy image",
    architecture: "x86_64",
    created: "2026-04-15T06:12:40.000Z",
    boot: "uefi-preferred",
  },
  {
    name: "debian-12-amd64-20260413-2447",
    description: "Debian 12 (20260413-2447)",
    owner: "136693071363",
    architecture: "x86_64",
    device: "/dev/xvda",
    sizeGiB: 8,
    created: "2026-04-13T09:01:22.000Z",
    boot: "uefi-preferred",
  },
  {
    name: "Windows_Server-2022-English-Full-Base-2026.04.15",
    description: "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon",
    owner: "801119661308",
    alias: "amazon",
    architecture: "x86_64",
    device: "/dev/sda1",
    sizeGiB: 30,
    created: "2026-04-15T23:48:10.000Z",
    boot: "uefi-preferred",
    platform: { details: "Windows", usage: "RunInstances:0002", windows: true },
  },
];

const hexOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

function imageOf(row: Row, region: string): ImageResource {
  const createdAt = Date.parse(row.created);
  return {
    id: `ami-0${hexOf(`${region} ${row.name}`)}`,
    createdAt,
    tags: [],
    ownerId: row.owner,
    ...(row.alias !== undefined && { ownerAlias: row.alias }),
    timeline: [["available", createdAt]],
    launchPermission: { all: true, accounts: [] },
    facts: {
      Name: row.name,
      Description: row.description,
      Architecture: row.architecture,
      ImageLocation: `${row.alias ?? row.owner}/${row.name}`,
      ImageType: "machine",
      // AWS says "windows" here, where its model says "Windows".
      ...(row.platform?.windows && { Platform: "windows" as "Windows" }),
      PlatformDetails: row.platform?.details ?? "Linux/UNIX",
      UsageOperation: row.platform?.usage ?? "RunInstances",
      EnaSupport: true,
      Hypervisor: "xen",
      RootDeviceName: row.device,
      RootDeviceType: "ebs",
      SriovNetSupport: "simple",
      VirtualizationType: "hvm",
      ...(row.boot !== undefined && { BootMode: row.boot }),
      ...(row.imdsV2 && { ImdsSupport: "v2.0" as const }),
      BlockDeviceMappings: [
        {
          DeviceName: row.device,
          Ebs: {
            DeleteOnTermination: true,
            SnapshotId: `snap-0${hexOf(`${region} ${row.name} root`)}`,
            VolumeSize: row.sizeGiB,
            VolumeType: row.name.includes("gp2") || row.name.includes("hvm-ssd/") ? "gp2" : "gp3",
            Encrypted: false,
          },
        },
      ],
    },
  };
}

const byRegion = new Map<string, readonly ImageResource[]>();

/** The public images of a Region, the same in every account. */
export function publicImages(region: string): readonly ImageResource[] {
  const known = byRegion.get(region);
  if (known) return known;
  const made = rows.map((row) => imageOf(row, region));
  byRegion.set(region, made);
  return made;
}
