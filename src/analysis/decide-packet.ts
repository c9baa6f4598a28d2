import { decidePoint, packetPoint } from './decide.js';
import type { Filter } from './filter.js';
import type { Packet } from './packet.js';
import type { Decision } from './verdict.js';

export function decidePacket(filter: Filter, packet: Packet): Decision {
  return decidePoint(filter, packet.chain, packetPoint(packet));
}
