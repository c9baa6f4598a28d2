import { type AddressSet, countOf, EVERYBODY, without } from './address-set.js';
import { netsOf } from './address-text.js';

/** Nets that an answer shows. */
const MOST_NETS = 20;

/** Addresses in an answer (docs/analysis.md#flows). */
export type AddressesJson = {
  /** The first twenty nets. */
  readonly addresses: readonly string[];
  /** How many addresses in all; as text: it may be 2^128. */
  readonly count: string;
  /** What they are called, as `zone:office`. */
  readonly names: readonly string[];
  /** All others of the family, where these are more than twenty nets and the others are not. */
  readonly except?: readonly string[];
};

export function addressesJson(set: AddressSet, names: readonly string[]): AddressesJson {
  const nets = netsOf(set, MOST_NETS + 1);
  const whole = { addresses: nets.slice(0, MOST_NETS), count: String(countOf(set)), names };
  if (nets.length <= MOST_NETS) return whole;
  // Long lists with long gaps: what is left out of the whole space is cut off as early.
  const others = netsOf(without(EVERYBODY[set.family], set), MOST_NETS + 1);
  return others.length > MOST_NETS ? whole : { ...whole, except: others };
}

function listed(nets: readonly string[], shown: number, rest: string): string {
  return `${nets.slice(0, shown).join(', ')}${nets.length > shown ? ` … ${rest}` : ''}`;
}

/** Addresses for people: `10.9.0.0/24`, `anyone (IPv4)`, `all but 10.0.0.128/25`; of many nets the first `shown`. */
export function addressesText({ addresses, count, except }: AddressesJson, shown: number): string {
  if (addresses[0] === '0.0.0.0/0') return 'anyone (IPv4)';
  if (addresses[0] === '::/0') return 'anyone (IPv6)';
  if (except !== undefined) return `all but ${listed(except, shown, `(${except.length} nets)`)}`;
  return listed(addresses, shown, `(${count} addresses)`);
}
