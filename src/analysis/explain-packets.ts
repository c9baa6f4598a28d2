import type { Family } from '../firewall/addresses/family.js';
import type { Json, JsonObject } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';
import { AnalysisError } from './analysis-error.js';
import { decidePacket } from './decide-packet.js';
import { decidePoint, packetPoint } from './decide.js';
import type { Filter } from './filter.js';
import { LimitMemory } from './limit-memory.js';
import type { Packet } from './packet.js';
import { isWhole, readPacket } from './read-packet.js';
import type { Decision } from './verdict.js';

/** Packets each on its own, or one sequence of them. */
export type PacketList =
  | { readonly kind: 'single'; readonly packets: readonly Packet[] }
  | { readonly kind: 'sequence'; readonly packets: readonly Packet[]; readonly atMs: readonly number[] };

/**
 * Reads a list of packets, or of `{"at_ms", "packet"}`: all of one kind, and of one family.
 * @throws AnalysisError that names the packet.
 */
export function readPacketList(value: Json): PacketList {
  if (!isList(value)) throw new AnalysisError('packets: give a JSON array of packets');
  const timed = isObject(value[0]) && value[0].packet !== undefined;
  const atMs: number[] = [];
  const packets = value.map((entry, index) => {
    const where = `packets[${index}]`;
    if (!timed) return readPacket(entry, where);
    if (!isObject(entry)) throw new AnalysisError(`${where} must be an object`);
    const { at_ms: at, packet } = entry;
    if (typeof at !== 'number' || at < (atMs.at(-1) ?? 0)) {
      throw new AnalysisError(`${where}.at_ms must be a number of milliseconds, no smaller than the one before`);
    }
    if (packet === undefined) throw new AnalysisError(`${where}.packet is missing`);
    atMs.push(at);
    const read = readPacket(packet, `${where}.packet`);
    if (!isWhole(read)) {
      throw new AnalysisError(`${where}.packet: in a sequence, give interface, state, ports and ICMP type and code`);
    }
    return read;
  });
  const other = packets.findIndex(({ family }) => family !== packets[0]?.family);
  if (other >= 0) throw new AnalysisError(`packets[${other}] is of another family than packets[0]`);
  return timed ? { kind: 'sequence', packets, atMs } : { kind: 'single', packets };
}

/** The family of the packets; undefined if there are none. */
export function familyOf({ packets }: PacketList): Family | undefined {
  return packets[0]?.family;
}

/**
 * What happens to each packet.
 * @throws AnalysisError where limits would have to remember what lines that can't be read made of packets
 */
export function explainPackets(filter: Filter, list: PacketList): readonly Decision[] {
  if (list.kind === 'single') return list.packets.map((packet) => decidePacket(filter, packet));
  const [unread] = filter.outOfScope;
  if (unread !== undefined) {
    const why = `in a sequence every line must be understood: ${unread.reason}`;
    throw new AnalysisError(why, unread.lineNumber);
  }
  const memory = new LimitMemory(filter);
  return list.packets.map((packet, index) => {
    memory.begin(list.atMs[index] as number);
    const decision = decidePoint(filter, packet.chain, packetPoint(packet), memory);
    memory.end(decision.verdict);
    return decision;
  });
}

/** A decision as the command prints it (docs/analysis.md#explain). */
export function decisionJson({ verdict, outcomes }: Decision): JsonObject {
  const list = outcomes.map((outcome) => ({ verdict: outcome.verdict, rule: outcome.rule }));
  return outcomes.length === 1 ? { verdict, rule: list[0]?.rule ?? null } : { verdict, outcomes: list };
}
