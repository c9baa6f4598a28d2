import type { Family } from '../addresses/family.js';
import { flatText } from '../flat-text.js';
import type { Packets, Side } from '../rules/firewall-rule.js';
import { type IcmpType, icmpTypeText } from '../rules/icmp-types.js';
import { portLists } from './port-lists.js';

/** How a line names packets: its `-p`, and its match, which are not adjacent. A rule may take several lines. */
export interface PacketText {
  readonly protocol: string;
  readonly match: string;
}

/** Protocols whose own match takes a port; ports of the others only fit into `multiport`. */
const OWN_MATCH: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);
const PORT_OPTION: Readonly<Record<Side, string>> = { source: '--sport', destination: '--dport' };

/** For IPv4 the kernel takes type 255 for any type, and prints it so. */
function icmpMatch(type: IcmpType, family: Family): string {
  if (family === 'v6') return ` -m icmp6 --icmpv6-type ${icmpTypeText(type)}`;
  return ` -m icmp --icmp-type ${type.type === 255 ? 'any' : icmpTypeText(type)}`;
}

function makePortTexts(name: string | null, { side, ranges }: NonNullable<Packets['ports']>): readonly PacketText[] {
  const protocol = name === null ? '' : ` -p ${name}`;
  const option = PORT_OPTION[side];
  const own = name !== null && OWN_MATCH.has(name) ? flatText(' -m ', name, ' ', option, ' ') : null;
  return portLists(ranges).map(({ single, text }) => ({
    protocol,
    match: single && own !== null ? flatText(own, text) : flatText(' -m multiport ', option, 's ', text),
  }));
}

function makeTexts({ protocol: name, ports, icmp }: Packets, family: Family): readonly PacketText[] {
  if (ports !== null) return makePortTexts(name, ports);
  const protocol = name === null ? '' : ` -p ${name}`;
  if (icmp === null) return [{ protocol, match: '' }];
  if (icmp === 'every') return [{ protocol, match: family === 'v4' ? ' -m icmp --icmp-type any' : '' }];
  return icmp.map((type) => ({ protocol, match: icmpMatch(type, family) }));
}

/** Kept per packets: they never change, and those with ports and ICMP types are made once per service. */
const kept: Readonly<Record<Family, WeakMap<Packets, readonly PacketText[]>>> = {
  v4: new WeakMap(),
  v6: new WeakMap(),
};

/** A rule's packets, one entry per line, in order. */
export function packetTexts(packets: Packets, family: Family): readonly PacketText[] {
  const { ports, icmp } = packets;
  if (ports === null && (icmp === null || icmp === 'every')) return makeTexts(packets, family);
  const known = kept[family].get(packets);
  if (known !== undefined) return known;
  const made = makeTexts(packets, family);
  kept[family].set(packets, made);
  return made;
}
