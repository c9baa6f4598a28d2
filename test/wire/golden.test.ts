import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LARGE_LIMITS } from '../../src/wire/decode-limits.js';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { encodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { charlist } from '../../src/wire/term.js';
import { GOLDEN_STAMP } from '../support/golden-stamp.js';

interface Vector {
  readonly name: string;
  readonly hex: string | null;
  readonly byte_size: number;
  readonly sha256: string;
  readonly dir: 'both' | 'decode';
}

const vectors = JSON.parse(readFileSync('test/golden/etf.json', 'utf8')) as readonly Vector[];

/** How the vectors without bytes are made (their `build`). */
const built: Readonly<Record<string, () => Buffer>> = {
  charlist_65535: () => Buffer.concat([Buffer.of(131, 107, 255, 255), Buffer.alloc(65_535, 120)]),
  charlist_65536: () =>
    Buffer.concat([
      Buffer.of(131, 108, 0, 1, 0, 0),
      Buffer.concat(Array.from({ length: 65_536 }, () => Buffer.of(97, 120))),
      Buffer.of(106),
    ]),
  msg_iptables_large: () =>
    encodeRulesPayload(
      {
        ipsets: '',
        ruleset4_ipset: '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 22 -j ACCEPT\n'.repeat(1000),
        ruleset4_iptables: '',
        ruleset6_ipset: '',
        ruleset6_iptables: '',
      },
      GOLDEN_STAMP,
    ),
};

function bytesOf(vector: Vector): Buffer {
  if (vector.hex !== null) return Buffer.from(vector.hex, 'hex');
  const build = built[vector.name];
  if (build === undefined) throw new Error(`no recipe for ${vector.name}`);
  return build();
}

describe('golden terms', () => {
  it.each(vectors)('$name ($dir)', (vector) => {
    const bytes = bytesOf(vector);
    expect(bytes.length).toBe(vector.byte_size);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(vector.sha256);
    const term = decodeTerm(bytes, LARGE_LIMITS);
    const again = encodeTerm(term);
    if (vector.dir === 'both') expect(again.equals(bytes)).toBe(true);
    else expect(decodeTerm(again)).toEqual(term);
  });

  it.each([
    ['atom_force_legacy_tag100', 'atom_force_utf8_tag119'],
    ['msg_ips_force_otp24', 'msg_ips_force'],
  ])('%s is the same term as %s', (old, twin) => {
    const of = (name: string): Buffer => bytesOf(vectors.find((vector) => vector.name === name) as Vector);
    expect(encodeTerm(decodeTerm(of(old))).equals(of(twin))).toBe(true);
  });

  it('65,536 bytes are the first charlist in the long form', () => {
    expect(encodeTerm(charlist('x'.repeat(65_535)))[1]).toBe(107);
    const long = encodeTerm(charlist('x'.repeat(65_536)));
    expect(long[1]).toBe(108);
    expect(long.length).toBe(1 + 5 + 2 * 65_536 + 1);
  });
});
