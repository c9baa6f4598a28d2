import type { Json, JsonObject } from '../model/document.js';
import { type AddressSet, EVERYBODY, sameAddresses } from './address-set.js';
import { type AddressesJson, addressesJson } from './addresses-json.js';
import type { Flow } from './difference.js';
import type { InterfaceKind } from './interface-names.js';
import { ALL_STATES } from './line-draft.js';
import { type Packet, STATES } from './packet.js';
import { protocolsText } from './protocol-masks.js';
import { hasPorts, isIcmp, nameOfProtocol } from './protocols.js';
import { MOST, rangesText } from './ranges.js';
import type { Box } from './region.js';
import type { Range } from './ruleset.js';
import type { Decision } from './verdict.js';

/** What `flowJson` gives, as far as pages show it; null: any. */
export type FlowAnswer = {
  readonly direction: 'inbound' | 'outbound';
  readonly family: Flow['family'];
  readonly peer: AddressesJson;
  /** Absent: every address of the host. */
  readonly own?: AddressesJson;
  readonly protocol: string | null;
  readonly ports: string | null;
  readonly icmp_types?: string;
  readonly state: string | null;
  readonly interface: string | null;
  readonly before: string;
  readonly after: string;
};

/** What only the asker knows: names of addresses, and which rule of the policy a line came from. */
export interface FlowWords {
  /** What these addresses are called, as `zone:office`; none where nothing is just these. */
  names(addresses: AddressSet): readonly string[];
  /** Where a line of the text before or after came from; null: not known. `lineNumber` null: the chain's policy. */
  source(side: 'before' | 'after', lineNumber: number | null): JsonObject | null;
}

/** Words where there is nothing but the texts. */
export const NO_WORDS: FlowWords = { names: () => [], source: () => null };

/** A packet in an answer, and in a file of packets. */
export function packetJson(packet: Packet): JsonObject {
  const { chain, interface: device, src, dst, protocol, sport, dport, icmpType, icmpCode, state } = packet;
  return {
    chain,
    ...(device === undefined ? {} : { [chain === 'INPUT' ? 'in' : 'out']: device }),
    src,
    dst,
    protocol: nameOfProtocol(protocol),
    ...(sport === undefined ? {} : { sport }),
    ...(dport === undefined ? {} : { dport }),
    ...(icmpType === undefined ? {} : { icmp_type: icmpType }),
    ...(icmpCode === undefined ? {} : { icmp_code: icmpCode }),
    ...(state === undefined ? {} : { state }),
  };
}

function isWhole(ranges: readonly Range[]): boolean {
  return ranges.length === 1 && ranges[0]?.[0] === 0 && ranges[0][1] === MOST;
}

/** `8`, `3/1`, `9:10`; a range of types, or of codes of one type. */
export function icmpText(selectors: readonly Range[]): string {
  return selectors
    .flatMap(([first, last]) => {
      const parts: string[] = [];
      for (let from = first; from <= last;) {
        const type = from >> 8;
        const wholeTo = ((last + 1) >> 8) - 1;
        if ((from & 255) === 0 && wholeTo >= type) {
          parts.push(wholeTo === type ? `${type}` : `${type}:${wholeTo}`);
          from = (wholeTo + 1) << 8;
        } else {
          const to = Math.min(last, (type << 8) | 255);
          parts.push(from === to ? `${type}/${from & 255}` : `${type}/${from & 255}:${to & 255}`);
          from = to + 1;
        }
      }
      return parts;
    })
    .join(',');
}

/** What is asked of a packet besides its addresses; null: nothing. */
export function portsJson({ protocols, selectors, sports }: Box): JsonObject {
  const kind = protocols.indexOf(1);
  const icmp = isIcmp(kind) && !isWhole(selectors);
  return {
    protocol: protocolsText(protocols),
    ports: icmp || isWhole(selectors) || !hasPorts(kind) ? null : rangesText(selectors),
    ...(isWhole(sports) ? {} : { source_ports: rangesText(sports) }),
    ...(icmp ? { icmp_types: icmpText(selectors) } : {}),
  };
}

/** `NEW`, `NEW,ESTABLISHED`; null: any. */
function statesText(states: number): string | null {
  if (states === ALL_STATES) return null;
  return STATES.filter((_, at) => (states & (1 << at)) !== 0).join(',');
}

/** `interface` null: any, but those of `except`, which is there if there are such. */
function interfacesJson(box: Box, kinds: readonly InterfaceKind[]): JsonObject {
  const inside = box.interfaces.map((at) => kinds[at] as InterfaceKind);
  const label = ({ label: text, name }: InterfaceKind): string => text ?? name;
  if (!inside.some(({ label: text }) => text === null)) return { interface: inside.map(label).join(',') };
  const outside = kinds.filter((kind) => !inside.includes(kind));
  return { interface: null, ...(outside.length === 0 ? {} : { except_interfaces: outside.map(label).join(',') }) };
}

function side(name: 'before' | 'after', decision: Decision, words: FlowWords): JsonObject {
  const [first] = decision.outcomes;
  return {
    [name]: decision.verdict,
    [`${name}_rule`]: first?.rule ?? null,
    [`${name}_source`]: words.source(name, first?.lineNumber ?? null),
    ...(first === undefined || first.rejectWith === null ? {} : { [`${name}_reject_with`]: first.rejectWith }),
    ...(decision.outcomes.length > 1
      ? { [`${name}_outcomes`]: decision.outcomes.map(({ verdict, rule }): Json => ({ verdict, rule })) }
      : {}),
  };
}

/** A flow as answers show it (docs/analysis.md#flows). */
export function flowJson(flow: Flow, words: FlowWords = NO_WORDS): JsonObject {
  const { box, chain, family } = flow;
  const inbound = chain === 'INPUT';
  const [peer, own] = inbound ? [box.src, box.dst] : [box.dst, box.src];
  const anyOwn = sameAddresses(own, EVERYBODY[family]);
  return {
    direction: inbound ? 'inbound' : 'outbound',
    family,
    peer: addressesJson(peer, words.names(peer)),
    ...(anyOwn ? {} : { own: addressesJson(own, words.names(own)) }),
    ...portsJson(box),
    state: statesText(box.states),
    ...interfacesJson(box, flow.kinds),
    ...side('before', flow.before, words),
    ...side('after', flow.after, words),
    witness: packetJson(flow.witness),
  };
}
