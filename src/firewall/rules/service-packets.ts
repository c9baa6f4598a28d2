import type { Emission, Pass } from './emission.js';
import type { Packets } from './firewall-rule.js';
import type { IcmpFamily, IcmpType } from './icmp-types.js';
import { icmpAnswer, icmpForV6, icmpTypeText } from './icmp-types.js';
import type { ServiceEntry } from './read-service.js';

/** All packets of a protocol; null: all packets. */
export function wholeProtocol(protocol: string | null): Packets {
  return { protocol, ports: null, icmp: null };
}

/** The ICMP types of this pass: answers in the answering pass, replies for outbound pings of `dog1`. */
function typesOnTheWay(
  types: readonly IcmpType[],
  family: IcmpFamily,
  pass: Pass,
  limited: boolean,
  { choices, version }: Emission,
): readonly IcmpType[] {
  if (choices.outboundPing === 'request')
    return pass === 'answer' ? types.map((type) => icmpAnswer(type, family)) : types;
  // As on the Erlang server: in what goes out, only a single IPv4 type 8 becomes a reply.
  if (pass === 'inbound' || limited || version === 'v6' || family === 'v6') return types;
  if (types.length !== 1 && pass !== 'answer') return types;
  return types.map((type) => (type.code === null ? icmpAnswer(type, family) : type));
}

/** What an entry of ICMP types becomes. */
interface IcmpPackets {
  /** Undefined: nothing. */
  readonly packets: Packets | undefined;
  /** Types that the family of the ruleset has nothing like. */
  readonly lost: readonly IcmpType[];
}

/** A service's types as the family of the ruleset has them; `lost` gets those that it has nothing like. */
function typesInFamily(
  types: readonly IcmpType[],
  family: IcmpFamily,
  { choices, version }: Emission,
  lost: IcmpType[],
): readonly IcmpType[] {
  if (version === 'v4') return types;
  return types.flatMap((type) => {
    if (family === 'v6' || !(choices.translateIcmp || type.named)) return [type];
    const translated = icmpForV6(type);
    if (translated.length === 0) lost.push(type);
    return translated;
  });
}

function icmpProtocol({ version }: Emission): string {
  return version === 'v4' ? 'icmp' : 'ipv6-icmp';
}

function makeIcmpPackets(
  family: IcmpFamily,
  types: readonly IcmpType[],
  pass: Pass,
  limited: boolean,
  emission: Emission,
): IcmpPackets {
  const lost: IcmpType[] = [];
  const icmp = typesInFamily(typesOnTheWay(types, family, pass, limited, emission), family, emission, lost);
  const packets = icmp.length === 0 ? undefined : { protocol: icmpProtocol(emission), ports: null, icmp };
  return { packets, lost };
}

/**
 * By a service's list of types, then by all else that they rest on. The list never changes and goes with its service, so
 * that nothing kept here can be out of date.
 */
const kept = new WeakMap<readonly IcmpType[], Map<number, IcmpPackets>>();

const PASS_NUMBER: Readonly<Record<Pass, number>> = { inbound: 0, answer: 1, outbound: 2 };

/** One number for all that packets rest on besides the types. */
function situation(family: IcmpFamily, pass: Pass, limited: boolean, { choices, version }: Emission): number {
  const flags = (version === 'v6' ? 1 : 0) + (family === 'v6' ? 2 : 0) + (limited ? 4 : 0);
  return flags + (choices.dialect === 'dog2' ? 8 : 0) + 16 * PASS_NUMBER[pass];
}

/** {@link makeIcmpPackets}, once for all rules that name the service. */
function keptIcmpPackets(
  family: IcmpFamily,
  types: readonly IcmpType[],
  pass: Pass,
  limited: boolean,
  emission: Emission,
): IcmpPackets {
  const key = situation(family, pass, limited, emission);
  let ofTypes = kept.get(types);
  if (ofTypes === undefined) kept.set(types, (ofTypes = new Map<number, IcmpPackets>()));
  const known = ofTypes.get(key);
  if (known !== undefined) return known;
  const made = makeIcmpPackets(family, types, pass, limited, emission);
  ofTypes.set(key, made);
  return made;
}

function icmpPackets(
  family: IcmpFamily,
  types: readonly IcmpType[] | 'every',
  pass: Pass,
  limited: boolean,
  emission: Emission,
): Packets | undefined {
  if (emission.version === 'v4' && family === 'v6') {
    emission.warn(pass, 'service', 'its ICMPv6 entry gives no rule for IPv4');
    return undefined;
  }
  if (types === 'every') return { protocol: icmpProtocol(emission), ports: null, icmp: types };
  const { packets, lost } = keptIcmpPackets(family, types, pass, limited, emission);
  for (const type of lost) emission.warn(pass, 'service', `ICMP type ${icmpTypeText(type)} has no like in IPv6`);
  return packets;
}

/**
 * The packets that a service entry means, for one pass; undefined where the family has no such packets.
 * @param limited whether the rule carries a limit: those keep ICMP types as they are written.
 */
export function servicePackets(
  { protocol = null, filter }: ServiceEntry,
  pass: Pass,
  limited: boolean,
  emission: Emission,
): Packets | undefined {
  switch (filter.kind) {
    case 'all':
      return wholeProtocol(protocol);
    case 'ports':
      return pass === 'answer' ? filter.from : filter.to;
    case 'icmp':
      return icmpPackets(filter.family, filter.types, pass, limited, emission);
    case 'faulty':
      emission.fault({ kind: 'kernel', field: 'service', reason: filter.reason });
      return undefined;
  }
}
