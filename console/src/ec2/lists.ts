import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Image,
  type Instance,
  type Tag,
  type Volume,
} from "@aws-sdk/client-ec2";
import { IAMClient, ListInstanceProfilesCommand } from "@aws-sdk/client-iam";
import { useQuery } from "@tanstack/react-query";
import { useClient, useScope } from "../session/clients.ts";

const soonMs = 1_000;
const passing: ReadonlySet<string> = new Set(
  "pending stopping shutting-down creating deleting attaching detaching".split(" "),
);

/** Asks again while something is on its way to another state, as its page shows it. */
const untilSettled = (states: readonly (string | undefined)[]) =>
  states.some((state) => passing.has(state ?? "")) ? soonMs : false;

const newestFirst = (one: Date | undefined, other: Date | undefined) => (other?.getTime() ?? 0) - (one?.getTime() ?? 0);

export const nameOf = (tags: readonly Tag[] | undefined): string =>
  tags?.find(({ Key }) => Key === "Name")?.Value ?? "";

/** The instances of the Region, the newest first. */
export function useInstances() {
  const client = useClient(EC2Client);
  return useQuery({
    queryKey: ["ec2", "instances", ...useScope()],
    queryFn: async ({ signal }): Promise<Instance[]> => {
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}), { abortSignal: signal });
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      return instances.sort((one, other) => newestFirst(one.LaunchTime, other.LaunchTime));
    },
    refetchInterval: ({ state }) => untilSettled((state.data ?? []).map(({ State }) => State?.Name)),
  });
}

/** The volumes of the Region, the newest first. */
export function useVolumes() {
  const client = useClient(EC2Client);
  return useQuery({
    queryKey: ["ec2", "volumes", ...useScope()],
    queryFn: async ({ signal }): Promise<Volume[]> => {
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand({}), { abortSignal: signal });
      return Volumes.sort((one, other) => newestFirst(one.CreateTime, other.CreateTime));
    },
    refetchInterval: ({ state }) =>
      untilSettled(
        (state.data ?? []).flatMap(({ State, Attachments = [] }) => [State, ...Attachments.map((one) => one.State)]),
      ),
  });
}

// What people launch most, so that a real endpoint's thousands of images aren't asked for; the first is chosen.
const beginnings = ["al2023-ami-2023", "ubuntu/images/hvm-ssd", "debian-12-", "amzn2-ami-hvm-", "Windows_Server-2022"];

const rankOf = ({ Name = "", Architecture }: Image) =>
  beginnings.findIndex((beginning) => Name.startsWith(beginning)) * 2 + (Architecture === "x86_64" ? 0 : 1);

/** One's own images, and the public ones that people launch most. */
export function useImages() {
  const client = useClient(EC2Client);
  return useQuery({
    queryKey: ["ec2-choices", "images", ...useScope()],
    queryFn: async (): Promise<Image[]> => {
      const named = new DescribeImagesCommand({
        Filters: [{ Name: "name", Values: beginnings.map((one) => `${one}*`) }],
      });
      const [own, known] = await Promise.all([
        client.send(new DescribeImagesCommand({ Owners: ["self"] })),
        client.send(named),
      ]);
      const common = (known.Images ?? []).sort((one, other) => rankOf(one) - rankOf(other));
      return [...new Map([...common, ...(own.Images ?? [])].map((image) => [image.ImageId, image])).values()];
    },
  });
}

/** The names of the Region's key pairs. */
export function useKeyPairs() {
  const client = useClient(EC2Client);
  return useQuery({
    queryKey: ["ec2-choices", "key-pairs", ...useScope()],
    queryFn: async (): Promise<string[]> => {
      const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}));
      return KeyPairs.flatMap(({ KeyName }) => KeyName ?? []);
    },
  });
}

/** The names of the Region's Availability Zones. */
export function useZones() {
  const client = useClient(EC2Client);
  return useQuery({
    queryKey: ["ec2-choices", "zones", ...useScope()],
    queryFn: async (): Promise<string[]> => {
      const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}));
      return AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []);
    },
  });
}

/** The account's instance profiles: their ARNs by their names. */
export function useInstanceProfiles() {
  const client = useClient(IAMClient);
  return useQuery({
    queryKey: ["ec2-choices", "profiles", ...useScope()],
    queryFn: async (): Promise<{ name: string; arn: string }[]> => {
      const { InstanceProfiles = [] } = await client.send(new ListInstanceProfilesCommand({}));
      return InstanceProfiles.map(({ InstanceProfileName = "", Arn = "" }) => ({
        name: InstanceProfileName,
        arn: Arn,
      }));
    },
  });
}
