import { joinNets, readNet } from './address-set.js';
import { decidePoint, packetPoint } from './decide.js';
import { Diagram } from './diagram.js';
import { decisionFor } from './effect-key.js';
import type { Filter } from './filter.js';
import { finish } from '../firewall/finish.js';
import { ALL_STATES } from './line-draft.js';
import { type Packet, STATES } from './packet.js';
import { ALL_RANGES } from './ranges.js';
import { isWhole } from './read-packet.js';
import type { Region } from './region.js';
import type { Range } from './ruleset.js';
import { type Decision, decisionOf, type Outcome } from './verdict.js';

function one(value: number | undefined): readonly Range[] {
  return value === undefined ? ALL_RANGES : [[value, value]];
}

/** All packets that are like this one in what is known of it. */
function regionOf(packet: Packet): Region {
  const { family, interface: device, protocol, sport, dport, icmpType: type, icmpCode: code, state } = packet;
  const protocols = new Uint8Array(256);
  protocols[protocol] = 1;
  const first = (type ?? 0) * 256 + (code ?? 0);
  const types = type === undefined ? ALL_RANGES : code === undefined ? [[first, first + 255] as const] : one(first);
  const address = (text: string): Region['src'] => {
    const net = readNet(text, family);
    return net === undefined ? null : joinNets(family, [net]);
  };
  return {
    states: state === undefined ? ALL_STATES : 1 << STATES.indexOf(state),
    interfaces: device === undefined ? 'any' : { name: device },
    protocols,
    selectors: type === undefined ? one(dport) : types,
    sports: one(sport),
    src: address(packet.src),
    dst: address(packet.dst),
  };
}

/** Of the line first, of the policy last. */
function byLine(a: Outcome, b: Outcome): number {
  return (a.lineNumber ?? Number.POSITIVE_INFINITY) - (b.lineNumber ?? Number.POSITIVE_INFINITY);
}

/** What happens to a packet on its own. What is not known of it stands for every case: all their outcomes are given. */
export function decidePacket(filter: Filter, packet: Packet): Decision {
  const point = packetPoint(packet);
  if (isWhole(packet)) return decidePoint(filter, packet.chain, point);
  const outcomes = new Map<string, Outcome>();
  const diagram = new Diagram<true>(filter.family, {
    sides: [filter.chains[packet.chain]],
    region: regionOf(packet),
    leaf: (rules) => {
      for (const outcome of decisionFor(filter, packet.chain, rules).outcomes) {
        outcomes.set(`${outcome.verdict} ${outcome.rule}`, outcome);
      }
      return null;
    },
  });
  finish(diagram.cells());
  return decisionOf([...outcomes.values()].sort(byLine));
}
