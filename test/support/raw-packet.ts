import type { Packet } from '../../src/analysis/packet.js';
import { numberOf, readAddress } from '../../src/analysis/address-set.js';

const TCP = 6;
const SCTP = 132;

/** TCP flags: the first packet of a connection, one of the middle, and none at all, which makes no sense. */
export type Flags = 'syn' | 'syn-ack' | 'none';
const FLAG_BITS: Readonly<Record<Flags, number>> = { syn: 0x02, 'syn-ack': 0x12, none: 0 };

function addressBytes(text: string, family: Packet['family']): Buffer {
  const point = readAddress(text, family);
  if (point === undefined) throw new Error(`${text} is not an address`);
  return Buffer.from(
    numberOf(point)
      .toString(16)
      .padStart(family === 'v4' ? 8 : 32, '0'),
    'hex',
  );
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] as number) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What follows the IP header. Checksums that connection tracking looks at are switched off in the namespace. */
function payload({ protocol, sport = 0, dport = 0, icmpType, icmpCode }: Packet, flags: Flags): Buffer {
  const bytes = Buffer.alloc(protocol === TCP ? 20 : 24);
  if (icmpType !== undefined && icmpCode !== undefined) {
    bytes[0] = icmpType;
    bytes[1] = icmpCode;
    bytes.writeUInt16BE(0x1234, 4);
    return bytes;
  }
  bytes.writeUInt16BE(sport, 0);
  bytes.writeUInt16BE(dport, 2);
  if (protocol === TCP) {
    bytes.writeUInt32BE(1000, 4);
    bytes[12] = 0x50;
    bytes[13] = FLAG_BITS[flags];
    bytes.writeUInt16BE(1024, 14);
  } else if (protocol === SCTP) {
    // An INIT chunk that fills the packet but for its verification tag, which must be 0.
    bytes[12] = flags === 'syn' ? 1 : 0;
    bytes.writeUInt16BE(12, 14);
  } else bytes.writeUInt16BE(bytes.length, 4);
  return bytes;
}

/** A whole IP packet. */
export function ipPacket(packet: Packet, flags: Flags): Buffer {
  const { family, protocol } = packet;
  const inner = payload(packet, flags);
  const src = addressBytes(packet.src, family);
  const dst = addressBytes(packet.dst, family);
  if (family === 'v4') {
    const head = Buffer.alloc(20);
    head[0] = 0x45;
    head.writeUInt16BE(20 + inner.length, 2);
    head.writeUInt16BE(7, 4);
    head[8] = 64;
    head[9] = protocol;
    src.copy(head, 12);
    dst.copy(head, 16);
    head.writeUInt16BE(checksum(head), 10);
    return Buffer.concat([head, inner]);
  }
  const head = Buffer.alloc(8);
  head[0] = 0x60;
  head.writeUInt16BE(inner.length, 4);
  head[6] = protocol;
  head[7] = 255;
  return Buffer.concat([head, src, dst, inner]);
}

/** The packet on an Ethernet cable. */
export function frame(packet: Packet, flags: Flags, mac: Buffer): Buffer {
  const type = Buffer.from(packet.family === 'v4' ? '0800' : '86dd', 'hex');
  return Buffer.concat([mac, Buffer.from('020000000099', 'hex'), type, ipPacket(packet, flags)]);
}
