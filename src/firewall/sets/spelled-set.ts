import { type Family, WIDTH } from '../addresses/family.js';
import { ALL_4, baseOf4, formatNet4, lengthOf4, type Net4 } from '../addresses/ipv4.js';
import { ALL_6, baseOf6, formatNet6, HALVES_6, lengthOf6, type Net6 } from '../addresses/ipv6.js';
import { sortByBytes } from '../hash/byte-order.js';

type Net = Net4 | Net6;

const lengthOf = (net: Net): number => (typeof net === 'number' ? lengthOf4(net) : lengthOf6(net));
const baseOf = (net: Net): number | string => (typeof net === 'number' ? baseOf4(net) : baseOf6(net));
const format = (net: Net): string => (typeof net === 'number' ? formatNet4(net) : formatNet6(net));

/**
 * The nets in order of first appearance, each with whether its length was left unwritten anywhere. Of two spellings of
 * one host the shorter wins, so that the outcome does not hang on the order of the list.
 */
const bareness = (texts: readonly string[], nets: readonly Net[]): Map<Net, boolean> => {
  const bare = new Map<Net, boolean>();
  nets.forEach((net, i) => {
    const isBare = !(texts[i] as string).includes('/');
    if (net === ALL_6) for (const half of HALVES_6) bare.set(half, false);
    else bare.set(net, isBare || bare.get(net) === true);
  });
  return bare;
};

/**
 * The base addresses of nets whose line sorts before that of a host of the same address with its length written:
 * `10.0.0.0/24` before `10.0.0.0/32`. Agents sort lines without that length, and so the other way round.
 */
const basesBefore = (nets: Iterable<Net>, hostLength: string): Set<number | string> => {
  const bases = new Set<number | string>();
  for (const net of nets) if (String(lengthOf(net)) < hostLength) bases.add(baseOf(net));
  return bases;
};

/**
 * A set's addresses for `dog1`: the old server's spelling, with a `/32` or `/128` where one was written, made harmless.
 * `nets` are the meanings of `texts`, one for one.
 */
export const spelledSet = (
  texts: readonly string[],
  nets: readonly Net[],
  family: Family,
  order: 'sorted' | 'given',
): string[] => {
  const width = WIDTH[family];
  const bare = bareness(texts, nets);
  const before = basesBefore(bare.keys(), String(width));
  const spelled = new Set<string>();
  for (const [net, isBare] of bare) {
    if (net === ALL_4) spelled.add('0.0.0.0');
    else if (lengthOf(net) !== width || isBare) spelled.add(format(net));
    else if (!before.has(baseOf(net))) spelled.add(`${format(net)}/${width}`);
  }
  // What 0.0.0.0/0 turns into is one more spelling of the host 0.0.0.0.
  if (spelled.has('0.0.0.0')) spelled.delete('0.0.0.0/32');
  return order === 'given' ? [...spelled] : sortByBytes([...spelled]);
};
