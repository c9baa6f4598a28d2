import type { Document } from '../../model/document.js';

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** In an order that is neither sorted nor regular, and the same each time. */
function shuffled(list: string[]): string[] {
  let seed = 1;
  for (let i = list.length - 1; i > 0; i -= 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const j = seed % (i + 1);
    [list[i], list[j]] = [list[j] as string, list[i] as string];
  }
  return list;
}

/** A zone of so many addresses, half of them IPv4, hosts and nets with and without their length, few of them neighbours. */
export function bigZone(count: number): Document {
  const each = Array.from({ length: Math.ceil(count / 2) }, (_, n) => n);
  const v4 = each.map((n) => dotted(0x0a00_0000 + n * 4) + (n % 5 === 0 ? '/31' : n % 2 === 0 ? '' : '/32'));
  const v6 = each.map(
    (n) =>
      `2001:db8:64:${((n * 3) >>> 16).toString(16)}::${((n * 3) & 0xffff).toString(16)}${n % 2 === 0 ? '' : '/128'}`,
  );
  return { id: 'big', name: 'big', ipv4_addresses: shuffled(v4), ipv6_addresses: shuffled(v6) };
}

/** The same document as a store or a client has it after reading it: other objects and other texts. */
export function readAgain(doc: Document): Document {
  return JSON.parse(JSON.stringify(doc)) as Document;
}

/** The zone with one address more somewhere, of either family by turns, read again. */
export function withOneMore(zone: Document, n: number): Document {
  const field = n % 2 === 0 ? 'ipv4_addresses' : 'ipv6_addresses';
  const list = zone[field] as readonly string[];
  const address = n % 2 === 0 ? dotted(0xc000_0200 + n * 2) : `2001:db8:ff::${(n * 2).toString(16)}`;
  return readAgain({ ...zone, [field]: list.toSpliced((n * 7919) % list.length, 0, address) });
}
