import { BlockList } from "node:net";
import { invalidValue } from "../mechanism/errors.ts";

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

/** The addresses of the block that aren't taken, from a place on. */
export function* freeAddresses(
  cidr: string,
  isTaken: (address: string) => boolean,
  startAt: number,
): Generator<string, undefined> {
  const { first } = parse(cidr);
  const usable = usableAddresses(cidr);
  for (let step = 0; step < usable; step++) {
    const address = toAddress(first + reservedAtStart + ((startAt + step) % usable));
    if (!isTaken(address)) yield address;
  }
}

/** An IPv6 address as a number. */
function ipv6Number(address: string): bigint {
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const front = groups(head);
  const back = groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => "0");
  return [...front, ...zeros, ...back].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group || "0"}`), 0n);
}

/** The shortest text of an IPv6 address. */
function ipv6Text(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function range(cidr: string): { first: bigint; last: bigint } {
  const [address = "", bits = "0"] = cidr.split("/");
  const ipv6 = address.includes(":");
  const size = 1n << BigInt((ipv6 ? 128 : 32) - Number(bits));
  const number = ipv6 ? ipv6Number(address) : BigInt(toNumber(address));
  const first = (number / size) * size;
  return { first, last: first + size - 1n };
}

/** Whether two blocks of the same family have addresses in common. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [range(a), range(b)];
  return one.first <= other.last && other.first <= one.last;
}

/** Whether a block lies wholly in another of the same family. */
export function contains(outer: string, inner: string): boolean {
  const [one, other] = [range(outer), range(inner)];
  return one.first <= other.first && other.last <= one.last;
}

/** How many leading bits the addresses of a block share. */
export function prefixLength(cidr: string): number {
  return Number(cidr.split("/")[1]);
}

/** The address at a place in an IPv6 block. */
export function ipv6At(cidr: string, place: bigint): string {
  return ipv6Text(range(cidr).first + place);
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
  return family === "ipv4" ? `${toAddress(parse(text).first)}/${bits}` : `${ipv6Text(range(text).first)}/${bits}`;
}

/** The block that a request names, canonical; throws InvalidParameterValue. */
export function requiredCidr(text: string, parameter: string, family: "ipv4" | "ipv6" = "ipv4"): string {
  const canonical = canonicalCidr(text, family);
  if (canonical === undefined)
    throw invalidValue(`Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`);
  return canonical;
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
