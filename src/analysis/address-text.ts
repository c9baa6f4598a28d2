import { type Family, WIDTH } from '../firewall/addresses/family.js';
import { formatAddress4 } from '../firewall/addresses/ipv4.js';
import { formatAddress6 } from '../firewall/addresses/ipv6.js';
import { type AddressSet, numberOf, type Point, pointOf } from './address-set.js';

/** An address as the kernel's tools print it. */
export function pointText(point: Point, family: Family): string {
  return family === 'v4' ? formatAddress4(point as number) : formatAddress6(point as string);
}

/** The longest power of two that divides a number, as its exponent; at most `most`. */
function alignment(value: bigint, most: number): number {
  if (value === 0n) return most;
  let exponent = 0;
  while (exponent < most && ((value >> BigInt(exponent)) & 1n) === 0n) exponent += 1;
  return exponent;
}

/** The first `most` of the fewest nets that make up a set, in address order. The whole space is one net of length 0. */
export function netsOf({ bounds, family }: AddressSet, most: number): readonly string[] {
  const width = WIDTH[family];
  const nets: string[] = [];
  for (let at = 0; at < bounds.length && nets.length < most; at += 2) {
    let from = numberOf(bounds[at] as Point);
    const to = numberOf(bounds[at + 1] as Point);
    while (from < to && nets.length < most) {
      let bits = alignment(from, width);
      while (from + (1n << BigInt(bits)) > to) bits -= 1;
      const text = pointText(pointOf(from, family), family);
      nets.push(bits === 0 ? text : `${text}/${width - bits}`);
      from += 1n << BigInt(bits);
    }
  }
  return nets;
}
