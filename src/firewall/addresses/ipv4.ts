import { parsePrefixLength } from './prefix-length.js';

/**
 * An IPv4 net as one whole number below 2^38: address × 64 + prefix length, host bits zero. Sorting these numbers puts
 * nets in address order, and a net before everything that it covers and that begins where it begins.
 */
export type Net4 = number;

/** The address part of a net, 0 to 2^32 - 1. */
export function baseOf4(net: Net4): number {
  return Math.floor(net / 64);
}

/** The prefix length of a net, 0 to 32. */
export function lengthOf4(net: Net4): number {
  // A remainder of numbers over 32 bits takes several times as long.
  return net - Math.floor(net / 64) * 64;
}

const SIZES: readonly number[] = Array.from({ length: 33 }, (_, length) => 2 ** (32 - length));

/** Addresses in a net of this prefix length. */
export function sizeOf4(length: number): number {
  return SIZES[length] as number;
}

/** The first number behind all nets that this one covers: in address order, those from the net itself to it. */
export function net4After(base: number, length: number): number {
  return (base + sizeOf4(length)) * 64;
}

/** Makes a net; host bits of `address` are cleared. */
export function net4(address: number, length: number): Net4 {
  const size = sizeOf4(length);
  return (address - (address % size)) * 64 + length;
}

/**
 * Reads `a.b.c.d` in `text[from..to)` as a number; -1 if it is anything else. A leading zero is refused: `010.1.1.1` is
 * 8.1.1.1 to the kernel's tools and 10.1.1.1 to a person.
 */
export function parseDotted(text: string, from: number, to: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (digits === 0 || dots === 3) return -1;
      address = address * 256 + octet;
      dots += 1;
      octet = 0;
      digits = 0;
      continue;
    }
    if (code < 0x30 || code > 0x39 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + code - 0x30;
    digits += 1;
    if (octet > 255) return -1;
  }
  return digits > 0 && dots === 3 ? address * 256 + octet : -1;
}

/** Reads `a.b.c.d` or `a.b.c.d/n`; -1 if it is anything else. `explainAddress` says why. */
export function parseNet4(text: string): Net4 {
  const slash = text.indexOf('/');
  const address = parseDotted(text, 0, slash < 0 ? text.length : slash);
  if (address < 0) return -1;
  const length = slash < 0 ? 32 : parsePrefixLength(text, slash + 1, 32);
  return length < 0 ? -1 : net4(address, length);
}

const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, n) => String(n));
function octet(address: number, shift: number): string {
  return OCTETS[(address >>> shift) & 255] as string;
}

/** The address in dotted form. */
export function formatAddress4(address: number): string {
  return `${octet(address, 24)}.${octet(address, 16)}.${octet(address, 8)}.${octet(address, 0)}`;
}

/** The net as `ipset save` prints it: without `/32`. */
export function formatNet4(net: Net4): string {
  const length = lengthOf4(net);
  const address = formatAddress4(baseOf4(net));
  return length === 32 ? address : `${address}/${length}`;
}

/** Whether `a` holds all of `b`. */
export function covers4(a: Net4, b: Net4): boolean {
  return a <= b && b < net4After(baseOf4(a), lengthOf4(a));
}

/** The net that `a` and `b`, given in order, make up together; -1 if they are not neighbours of the same size. */
export function join4(a: Net4, b: Net4): Net4 {
  const length = lengthOf4(a);
  if (length === 0 || length !== lengthOf4(b)) return -1;
  const size = sizeOf4(length);
  const from = baseOf4(a);
  // Most nets are no neighbours.
  if (baseOf4(b) !== from + size) return -1;
  return from % (size * 2) === 0 ? from * 64 + length - 1 : -1;
}

/** `0.0.0.0/0`, which no set can hold, and the two halves that stand for it. */
export const ALL_4: Net4 = 0;
export const HALVES_4: readonly [Net4, Net4] = [net4(0, 1), net4(2 ** 31, 1)];
