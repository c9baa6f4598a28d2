import type { Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { Packets, PortRange, Side } from './firewall-rule.js';
import type { IcmpFamily, IcmpType } from './icmp-types.js';
import { readIcmpType } from './icmp-types.js';
import { protocolName } from './protocol-names.js';

/** Which packets of a protocol a service entry means. `faulty`: the kernel would not take it as it is. */
export type PacketFilter =
  | { readonly kind: 'all' }
  /** `to` and `from`: the packets to these ports, and from them. */
  | { readonly kind: 'ports'; readonly ports: readonly PortRange[]; readonly to: Packets; readonly from: Packets }
  | { readonly kind: 'icmp'; readonly family: IcmpFamily; readonly types: readonly IcmpType[] | 'every' }
  | { readonly kind: 'faulty'; readonly reason: string };

/** One entry of a service. `protocol` as the kernel prints it; null: every protocol; undefined: no such protocol. */
export interface ServiceEntry {
  readonly protocol: string | null | undefined;
  readonly filter: PacketFilter;
}

export interface ServiceModel {
  readonly name: string;
  readonly entries: readonly ServiceEntry[];
}

/** A service as read from its document, or what is wrong with the document. */
export type ReadService =
  { readonly ok: true; readonly service: ServiceModel } | { readonly ok: false; readonly reason: string };

const PORT_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'udplite', 'dccp']);

const PORT = /^(0|[1-9][0-9]{0,4})(?::([1-9][0-9]{0,4}))?$/;

function readPort(text: string): PortRange | undefined {
  const match = PORT.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  if (match[2] === undefined) return first <= 65535 ? { first, last: first } : undefined;
  const last = Number(match[2]);
  return last <= 65535 && first < last ? { first, last } : undefined;
}

function portFilter(protocol: string, texts: readonly string[]): PacketFilter {
  if (texts.length === 0) {
    return { kind: 'faulty', reason: `its entry ${protocol} has no ports: list ports, or 0:65535 for all` };
  }
  const ports: PortRange[] = [];
  for (const text of texts) {
    const port = readPort(text);
    if (port === undefined) {
      return {
        kind: 'faulty',
        reason: `its entry ${protocol} has ${JSON.stringify(text)} for a port: give a number from 0 to 65535 or a range low:high, in plain decimal`,
      };
    }
    ports.push(port);
  }
  const at = (side: Side): Packets => ({ protocol, ports: { side, ranges: ports }, icmp: null });
  return { kind: 'ports', ports, to: at('destination'), from: at('source') };
}

function icmpFilter(family: IcmpFamily, texts: readonly string[]): PacketFilter {
  if (texts.length === 0) {
    return { kind: 'faulty', reason: 'its ICMP entry has no type: list types, or any for all' };
  }
  if (texts.includes('any')) return { kind: 'icmp', family, types: 'every' };
  const types: IcmpType[] = [];
  for (const text of texts) {
    const type = readIcmpType(text, family);
    if (type === undefined) {
      return {
        kind: 'faulty',
        reason: `its ICMP entry has ${JSON.stringify(text)} for a type: give a number, type/code, a name such as echo-request, or any`,
      };
    }
    types.push(type);
  }
  return { kind: 'icmp', family, types };
}

function readEntry(protocol: string, texts: readonly string[]): ServiceEntry {
  if (protocol === 'any') {
    const all = texts.length === 0 || (texts.length === 1 && texts[0] === '0:65535');
    const reason =
      'its entry of protocol any has ports, which no rule can match: name the protocol, or leave the ports out';
    return { protocol: null, filter: all ? { kind: 'all' } : { kind: 'faulty', reason } };
  }
  const name = protocolName(protocol);
  if (name === undefined) {
    const reason = `its protocol ${JSON.stringify(protocol)} is none that the kernel knows: give a name in small letters, or a number from 1 to 255`;
    return { protocol: undefined, filter: { kind: 'faulty', reason } };
  }
  // A number without ports has always meant the whole protocol.
  if (texts.length === 0 && protocol !== name) return { protocol: name, filter: { kind: 'all' } };
  if (PORT_PROTOCOLS.has(name)) return { protocol: name, filter: portFilter(name, texts) };
  if (name === 'icmp') return { protocol: name, filter: icmpFilter('v4', texts) };
  if (name === 'ipv6-icmp') return { protocol: name, filter: icmpFilter('v6', texts) };
  const reason = `its entry ${protocol} has ports, which rules of that protocol can't match: leave them out`;
  return { protocol: name, filter: texts.length === 0 ? { kind: 'all' } : { kind: 'faulty', reason } };
}

/** Reads a service document. A port string may hold several ports separated by commas; one empty string is no port. */
export function readService(document: Json): ReadService {
  if (!isObject(document)) return { ok: false, reason: 'the service is not an object' };
  const { name, services } = document;
  if (typeof name !== 'string') return { ok: false, reason: 'the name of the service must be a string' };
  if (!isList(services)) return { ok: false, reason: 'the service has no list of services' };
  const entries: ServiceEntry[] = [];
  for (const [index, entry] of services.entries()) {
    const where = `services[${index}] of the service`;
    if (!isObject(entry)) return { ok: false, reason: `${where} is not an object` };
    const { protocol, ports } = entry;
    if (typeof protocol !== 'string') return { ok: false, reason: `the protocol of ${where} must be a string` };
    if (!isList(ports) || !ports.every((port) => typeof port === 'string')) {
      return { ok: false, reason: `the ports of ${where} must be a list of strings: numbers are written as "22"` };
    }
    const joined = ports.join(',');
    entries.push(readEntry(protocol, joined === '' ? [] : joined.split(',')));
  }
  return { ok: true, service: { name, entries } };
}
