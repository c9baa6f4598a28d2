import type { Json, JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { isList, isObject } from '../../../model/validate.js';

/** Nets and names that one line shows. */
const SHOWN = 4;

function textsOf(value: Json | undefined): readonly string[] {
  return isList(value) ? value.map(textOf) : [];
}

/** `zone:office (10.9.0.0/24)`, `anyone (IPv4)`, `all but 10.0.0.128/25`. */
export function peerText(value: Json | undefined): string {
  if (!isObject(value)) return '';
  const [addresses, names] = [textsOf(value['addresses']), textsOf(value['names'])];
  const nets = netsText(addresses, value);
  if (names.length === 0) return nets;
  const called = names.slice(0, SHOWN).join(', ');
  return `${called}${names.length > SHOWN ? ' …' : ''} (${nets})`;
}

function netsText(addresses: readonly string[], { count, except }: JsonObject): string {
  if (addresses[0] === '0.0.0.0/0') return 'anyone (IPv4)';
  if (addresses[0] === '::/0') return 'anyone (IPv6)';
  const listed = (nets: readonly string[], rest: string) =>
    `${nets.slice(0, SHOWN).join(', ')}${nets.length > SHOWN ? ` … ${rest}` : ''}`;
  const others = textsOf(except);
  if (others.length > 0) return `all but ${listed(others, `(${others.length} nets)`)}`;
  return listed(addresses, `(${textOf(count)} addresses)`);
}

/** `IPv4 tcp 22 (NEW) from port 53 on eth0`. */
export function trafficText(flow: JsonObject): string {
  const word = (key: string) => (typeof flow[key] === 'string' && flow[key] !== '' ? flow[key] : undefined);
  const [state, types, from, device] = [word('state'), word('icmp_types'), word('source_ports'), word('interface')];
  const parts = [
    word('family') === 'v6' ? 'IPv6' : 'IPv4',
    word('protocol') === 'any' ? 'all' : word('protocol'),
    word('ports'),
    types === undefined ? undefined : `type ${types}`,
    state === undefined ? undefined : `(${state.replaceAll(',', ', ')})`,
    from === undefined ? undefined : `from port ${from}`,
    device === undefined ? undefined : `on ${device}`,
    isObject(flow['own']) ? `at ${peerText(flow['own'])}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}
