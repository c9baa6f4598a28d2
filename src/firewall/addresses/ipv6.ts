import { formatAddress4, parseDotted } from './ipv4.js';
import { parsePrefixLength } from './prefix-length.js';

/**
 * An IPv6 net as a string of nine UTF-16 units: eight groups of 16 bits, then the prefix length; host bits zero. Never
 * shown. It is compact, works as a map key, and JavaScript's string order puts nets in address order, and a net before
 * everything that it covers and that begins where it begins. (Measured: sorting these is several times
 * faster than sorting big integers.)
 */
export type Net6 = string;

/** The prefix length of a net, 0 to 128. */
export function lengthOf6(net: Net6): number {
  return net.charCodeAt(8);
}

/** The eight groups of a net, as a key: nets of one base address share it. */
export function baseOf6(net: Net6): string {
  return net.slice(0, 8);
}

/** The groups of the address read last; {@link readGroups} overwrites them. */
const groups = new Uint16Array(8);

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Moves the groups after `::` to the end and fills the gap with zeros. */
function spread(count: number, gap: number): void {
  groups.copyWithin(8 - (count - gap), gap, count);
  groups.fill(0, gap, 8 - (count - gap));
}

/** Reads `text[0..to)` (RFC 4291 section 2.2, all three forms) into {@link groups}; false if it is not an address. */
function readGroups(text: string, to: number): boolean {
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.startsWith('::')) {
    gap = 0;
    i = 2;
  }
  while (i < to) {
    if (count === 8) return false;
    const start = i;
    let value = 0;
    for (; i < to; i += 1) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (i === start || i - start > 4) return false;
    if (i < to && text.charCodeAt(i) === 0x2e) {
      const tail = count <= 6 ? parseDotted(text, start, to) : -1;
      if (tail < 0) return false;
      groups[count] = tail >>> 16;
      groups[count + 1] = tail & 0xffff;
      count += 2;
      break;
    }
    groups[count] = value;
    count += 1;
    if (i === to) break;
    if (text.charCodeAt(i) !== 0x3a) return false;
    i += 1;
    if (i === to) return false;
    if (text.charCodeAt(i) === 0x3a) {
      if (gap >= 0) return false;
      gap = count;
      i += 1;
    }
  }
  if (gap < 0) return count === 8;
  if (count > 7) return false; // `::` stands for at least one group
  spread(count, gap);
  return true;
}

function unit(index: number): number {
  return groups[index] as number;
}

/** The net of {@link groups}, host bits cleared. */
function masked(length: number): Net6 {
  const whole = length >> 4;
  if (whole < 8) {
    groups[whole] = unit(whole) & (0xffff0000 >>> (length & 15));
    groups.fill(0, whole + 1);
  }
  return String.fromCharCode(unit(0), unit(1), unit(2), unit(3), unit(4), unit(5), unit(6), unit(7), length);
}

/** Reads an IPv6 address or `address/n`; `undefined` if it is anything else. `explainAddress` says why. */
export function parseNet6(text: string): Net6 | undefined {
  const slash = text.indexOf('/');
  const length = slash < 0 ? 128 : parsePrefixLength(text, slash + 1, 128);
  if (length < 0 || !readGroups(text, slash < 0 ? text.length : slash)) return undefined;
  return masked(length);
}

/** Groups in hexadecimal, made when first needed: the same few thousand repeat. */
const hex: (string | undefined)[] = [];
function hexOf(group: number): string {
  return (hex[group] ??= group.toString(16));
}

function hexGroups(net: Net6, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i += 1) text += i > from ? `:${hexOf(net.charCodeAt(i))}` : hexOf(net.charCodeAt(i));
  return text;
}

/**
 * The address part as glibc's `inet_ntop` prints it, and with it `ipset save` and `iptables-save`: lower case, the
 * longest run of zeros as `::` (RFC 5952), and the last 32 bits dotted in `::a.b.c.d` and `::ffff:a.b.c.d`.
 */
export function formatAddress6(net: Net6): string {
  // The longest run of two or more zero groups, the first of equals.
  let start = -1;
  let end = 0;
  for (let i = 0; i < 8; i += 1) {
    if (net.charCodeAt(i) !== 0) continue;
    let stop = i + 1;
    while (stop < 8 && net.charCodeAt(stop) === 0) stop += 1;
    if (stop - i > 1 && stop - i > end - Math.max(start, 0)) [start, end] = [i, stop];
    i = stop;
  }
  if (start < 0) return hexGroups(net, 0, 8);
  if (start === 0 && (end === 6 || (end === 5 && net.charCodeAt(5) === 0xffff))) {
    const dotted = formatAddress4(net.charCodeAt(6) * 65536 + net.charCodeAt(7));
    return end === 6 ? `::${dotted}` : `::ffff:${dotted}`;
  }
  return `${hexGroups(net, 0, start)}::${hexGroups(net, end, 8)}`;
}

/** The net as `ipset save` prints it: without `/128`. */
export function formatNet6(net: Net6): string {
  const length = lengthOf6(net);
  return length === 128 ? formatAddress6(net) : `${formatAddress6(net)}/${length}`;
}

/** Whether `a` holds all of `b`. */
export function covers6(a: Net6, b: Net6): boolean {
  const length = lengthOf6(a);
  if (length > lengthOf6(b)) return false;
  if (length === 128) return a === b;
  const whole = length >> 4;
  for (let i = 0; i < whole; i += 1) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
  const mask = 0xffff0000 >>> (length & 15);
  return whole === 8 || ((a.charCodeAt(whole) ^ b.charCodeAt(whole)) & mask & 0xffff) === 0;
}

/**
 * The net that `a` and `b`, given in order, make up together; `undefined` if they are not neighbours of the same size.
 */
export function join6(a: Net6, b: Net6): Net6 | undefined {
  const length = lengthOf6(a);
  if (length === 0 || length !== lengthOf6(b)) return undefined;
  const last = (length - 1) >> 4;
  const bit = 0x8000 >>> ((length - 1) & 15);
  const low = a.charCodeAt(last);
  // Looked at first: most nets are no neighbours.
  if ((low & bit) !== 0 || b.charCodeAt(last) !== (low | bit)) return undefined;
  for (let i = 0; i < last; i += 1) if (a.charCodeAt(i) !== b.charCodeAt(i)) return undefined;
  return baseOf6(a) + String.fromCharCode(length - 1);
}

/** `::/0`, which no set can hold, and the two halves that stand for it. */
export const ALL_6: Net6 = '\0'.repeat(9);
export const HALVES_6: readonly [Net6, Net6] = [`${'\0'.repeat(8)}\u0001`, `\u8000${'\0'.repeat(7)}\u0001`];
