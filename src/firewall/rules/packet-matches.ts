import type { Emission, Pass } from './emission.js';
import type { IcmpFamily, IcmpType } from './icmp-types.js';
import { icmpAnswer, icmpForV6, printIcmpType } from './icmp-types.js';
import type { Match } from './kernel-rule.js';
import type { ServiceEntry } from './read-service.js';
import { PORT_PROTOCOLS } from './read-service.js';

/** One way of saying which packets a service entry means; an entry may take several rules. */
export interface PacketMatch {
  readonly protocol: string | null;
  readonly match: Match | null;
}

/** Slots of one multiport match (XT_MULTI_PORTS); a range takes two. */
const MULTIPORT_SLOTS = 15;

/** Parts a list of ports into lists that fit into one multiport match each. */
function portLists(ports: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let current: string[] = [];
  let left = 0;
  for (const port of ports) {
    const slots = port.includes(':') ? 2 : 1;
    if (slots > left) {
      current = [];
      lists.push(current);
      left = MULTIPORT_SLOTS;
    }
    current.push(port);
    left -= slots;
  }
  return lists;
}

function portMatches(protocol: string, ports: readonly string[], pass: Pass): PacketMatch[] {
  const ownMatch = PORT_PROTOCOLS.get(protocol) === true;
  return portLists(ports).map((list) => {
    const [port = ''] = list;
    if (ownMatch && list.length === 1 && !port.includes(':')) {
      return { protocol, match: { match: 'port', protocol, side: pass === 'answer' ? 'sport' : 'dport', port } };
    }
    return { protocol, match: { match: 'multiport', side: pass === 'answer' ? 'sports' : 'dports', ports: list } };
  });
}

/** The types of the packets that go the way of this pass: answers, or the old server's replies to an outbound ping. */
function typesOnTheWay(
  types: readonly IcmpType[],
  family: IcmpFamily,
  pass: Pass,
  limited: boolean,
  { choices, version }: Emission,
): readonly IcmpType[] {
  if (choices.outboundPing === 'request')
    return pass === 'answer' ? types.map((type) => icmpAnswer(type, family)) : types;
  // The old server turned only a lone IPv4 type 8 round, in whatever went out.
  if (pass === 'inbound' || limited || version === 'v6' || family === 'v6') return types;
  if (types.length !== 1 && pass !== 'answer') return types;
  return types.map((type) => (type.code === null ? icmpAnswer(type, family) : type));
}

function icmpMatches(
  family: IcmpFamily,
  types: readonly IcmpType[] | 'every',
  pass: Pass,
  limited: boolean,
  emission: Emission,
): PacketMatch[] {
  const { version, choices } = emission;
  if (version === 'v4') {
    if (family === 'v6') {
      emission.warn('service', 'its ICMPv6 entry gives no rule for IPv4');
      return [];
    }
    const printed =
      types === 'every'
        ? ['any']
        : typesOnTheWay(types, family, pass, limited, emission).map((type) => printIcmpType(type, 'v4'));
    return printed.map((type) => ({ protocol: 'icmp', match: { match: 'icmp', type } }));
  }
  if (types === 'every') return [{ protocol: 'ipv6-icmp', match: null }];
  const wanted = typesOnTheWay(types, family, pass, limited, emission).flatMap((type) => {
    if (family === 'v6' || !(choices.translateIcmp || type.named)) return [type];
    const translated = icmpForV6(type);
    if (translated.length === 0)
      emission.warn('service', `ICMP type ${printIcmpType(type, version)} has no like in IPv6`);
    return translated;
  });
  return wanted.map((type) => ({
    protocol: 'ipv6-icmp',
    match: { match: 'icmp6', type: printIcmpType(type, version) },
  }));
}

/**
 * The protocol and packet matches of a service entry, for one pass.
 * @param limited whether the rule carries a limit: those keep ICMP types as they are written.
 */
export function packetMatches(
  entry: ServiceEntry,
  pass: Pass,
  limited: boolean,
  emission: Emission,
): readonly PacketMatch[] {
  const { protocol, filter } = entry;
  switch (filter.kind) {
    case 'all':
      return [{ protocol: protocol ?? null, match: null }];
    case 'ports':
      return portMatches(protocol ?? '', filter.ports, pass);
    case 'icmp':
      return icmpMatches(filter.family, filter.types, pass, limited, emission);
    case 'faulty':
      emission.fault({ kind: 'kernel', field: 'service', reason: filter.reason });
      return [];
  }
}
