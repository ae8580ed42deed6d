import { BlockList } from "node:net";

// IPv4 addresses as numbers; AWS's own ways to name hosts.

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

function parse(cidr: string): { first: number; size: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return { first: Math.floor(toNumber(address) / size) * size, size };
}

// Of each subnet AWS keeps the first four addresses and the last one for itself.
const reservedAtStart = 4;
const reservedAddresses = 5;

/** How many addresses of a subnet's block AWS leaves to its user. */
export function usableAddresses(cidr: string): number {
  return parse(cidr).size - reservedAddresses;
}

/** Whether an address lies among those that a subnet's user may take. */
export function isUsable(cidr: string, address: string): boolean {
  const { first, size } = parse(cidr);
  const offset = toNumber(address) - first;
  return offset >= reservedAtStart && offset < size - 1;
}

/** An address of the block that isn't taken, the first free one from a place on; undefined when all are taken. */
export function freeAddress(cidr: string, taken: ReadonlySet<string>, startAt: number): string | undefined {
  const { first } = parse(cidr);
  const usable = usableAddresses(cidr);
  for (let step = 0; step < usable; step++) {
    const address = toAddress(first + reservedAtStart + ((startAt + step) % usable));
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** The block as AWS writes it: host bits cleared. Undefined when the text is no IPv4 or IPv6 block. */
export function canonicalCidr(text: string, family: "ipv4" | "ipv6"): string | undefined {
  const [address, bits, ...more] = text.split("/");
  if (!address || bits === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  try {
    // BlockList is the one part of Node that checks a block.
    new BlockList().addSubnet(address, Number(bits), family);
  } catch {
    return undefined;
  }
  return family === "ipv4" ? `${toAddress(parse(text).first)}/${bits}` : text.toLowerCase();
}

/** `ip-172-31-0-10.ec2.internal` in us-east-1, `ip-172-31-0-10.eu-west-1.compute.internal` elsewhere. */
export function privateDnsName(address: string, region: string): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${address.replaceAll(".", "-")}.${domain}`;
}

/** `ec2-3-80-0-10.compute-1.amazonaws.com` in us-east-1, `ec2-….eu-west-1.compute.amazonaws.com` elsewhere. */
export function publicDnsName(address: string, region: string): string {
  const domain = region === "us-east-1" ? "compute-1.amazonaws.com" : `${region}.compute.amazonaws.com`;
  return `ec2-${address.replaceAll(".", "-")}.${domain}`;
}
