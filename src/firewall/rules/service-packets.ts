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

/** A service's types as the family of the ruleset has them. */
function typesInFamily(
  types: readonly IcmpType[],
  family: IcmpFamily,
  pass: Pass,
  emission: Emission,
): readonly IcmpType[] {
  if (emission.version === 'v4') return types;
  return types.flatMap((type) => {
    if (family === 'v6' || !(emission.choices.translateIcmp || type.named)) return [type];
    const translated = icmpForV6(type);
    if (translated.length === 0) emission.warn(pass, 'service', `ICMP type ${icmpTypeText(type)} has no like in IPv6`);
    return translated;
  });
}

function icmpPackets(
  family: IcmpFamily,
  types: readonly IcmpType[] | 'every',
  pass: Pass,
  limited: boolean,
  emission: Emission,
): Packets | undefined {
  const { version } = emission;
  if (version === 'v4' && family === 'v6') {
    emission.warn(pass, 'service', 'its ICMPv6 entry gives no rule for IPv4');
    return undefined;
  }
  const protocol = version === 'v4' ? 'icmp' : 'ipv6-icmp';
  if (types === 'every') return { protocol, ports: null, icmp: types };
  const icmp = typesInFamily(typesOnTheWay(types, family, pass, limited, emission), family, pass, emission);
  return icmp.length === 0 ? undefined : { protocol, ports: null, icmp };
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
