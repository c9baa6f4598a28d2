import type { Family } from '../firewall/addresses/family.js';
import type { Json } from '../model/document.js';
import { isObject } from '../model/validate.js';
import { readAddress } from './address-set.js';
import { AnalysisError } from './analysis-error.js';
import { type Packet, type State, STATES } from './packet.js';
import { hasPorts, ICMP, isIcmp, readProtocol } from './protocols.js';
import { MOST } from './ranges.js';

const KEYS: ReadonlySet<string> = new Set([
  'chain',
  'family',
  'in',
  'out',
  'src',
  'dst',
  'protocol',
  'sport',
  'dport',
  'icmp_type',
  'icmp_code',
  'state',
]);

/** A whole number up to `most`, if the key is there. */
function optionalNumber(
  object: Readonly<Record<string, Json>>,
  key: string,
  most: number,
  where: string,
): number | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
    throw new AnalysisError(`${where}.${key} must be a whole number from 0 to ${most}`);
  }
  return value;
}

function readAddresses(object: Readonly<Record<string, Json>>, where: string): Pick<Packet, 'src' | 'dst' | 'family'> {
  const { src, dst, family } = object;
  if (typeof src !== 'string' || typeof dst !== 'string') {
    throw new AnalysisError(`${where} must have the addresses src and dst`);
  }
  const found: Family = src.includes(':') ? 'v6' : 'v4';
  for (const [key, address] of [['src', src] as const, ['dst', dst] as const]) {
    if (readAddress(address, found) === undefined) {
      throw new AnalysisError(`${where}.${key}: ${JSON.stringify(address)} is not an address of ${found}`);
    }
  }
  if (family !== undefined && family !== found) throw new AnalysisError(`${where}.family must be ${found}, as src is`);
  return { src, dst, family: found };
}

/** The protocol by name or number. */
export function readProtocolValue(value: Json | undefined, where: string): number {
  const text = typeof value === 'number' ? String(value) : value;
  const protocol = typeof text === 'string' ? readProtocol(text) : undefined;
  if (protocol === undefined) {
    throw new AnalysisError(`${where} must be a protocol: a name as tcp or ipv6-icmp, or a number from 0 to 255`);
  }
  return protocol;
}

/**
 * Reads one packet (docs/analysis.md#packets). What is absent stands for every case.
 * @param where names the packet in errors, as `packets[3]`.
 * @throws AnalysisError
 */
export function readPacket(value: Json, where: string): Packet {
  if (!isObject(value)) throw new AnalysisError(`${where} must be an object`);
  const unknown = Object.keys(value).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw new AnalysisError(`${where}.${unknown} is not known: give ${[...KEYS].join(', ')}`);
  const { chain, state } = value;
  if (chain !== 'INPUT' && chain !== 'OUTPUT') throw new AnalysisError(`${where}.chain must be INPUT or OUTPUT`);
  const [own, other] = chain === 'INPUT' ? (['in', 'out'] as const) : (['out', 'in'] as const);
  const device = value[own];
  if (value[other] !== undefined) throw new AnalysisError(`${where}.${other}: packets of ${chain} have only ${own}`);
  if (device !== undefined && (typeof device !== 'string' || device === '')) {
    throw new AnalysisError(`${where}.${own} must be the name of an interface`);
  }
  if (state !== undefined && !STATES.includes(state as State)) {
    throw new AnalysisError(`${where}.state must be one of ${STATES.join(', ')}`);
  }
  const addresses = readAddresses(value, where);
  const protocol = readProtocolValue(value.protocol, `${where}.protocol`);
  const sport = optionalNumber(value, 'sport', MOST, where);
  const dport = optionalNumber(value, 'dport', MOST, where);
  const icmpType = optionalNumber(value, 'icmp_type', 255, where);
  const icmpCode = optionalNumber(value, 'icmp_code', 255, where);
  if ((sport !== undefined || dport !== undefined) && !hasPorts(protocol)) {
    throw new AnalysisError(`${where}: packets of this protocol have no ports`);
  }
  if ((icmpType !== undefined || icmpCode !== undefined) && !isIcmp(protocol)) {
    throw new AnalysisError(`${where}: only packets of icmp (v4) and ipv6-icmp (v6) have an icmp_type`);
  }
  return {
    ...addresses,
    chain,
    protocol,
    ...(device === undefined ? {} : { interface: device }),
    ...(sport === undefined ? {} : { sport }),
    ...(dport === undefined ? {} : { dport }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(icmpCode === undefined ? {} : { icmpCode }),
    ...(state === undefined ? {} : { state: state as State }),
  };
}

/** Whether everything that a rule can ask for is known of a packet. */
export function isWhole({
  protocol,
  family,
  interface: device,
  sport,
  dport,
  icmpType,
  icmpCode,
  state,
}: Packet): boolean {
  if (device === undefined || state === undefined) return false;
  if (hasPorts(protocol)) return sport !== undefined && dport !== undefined;
  return protocol !== ICMP[family] || (icmpType !== undefined && icmpCode !== undefined);
}
