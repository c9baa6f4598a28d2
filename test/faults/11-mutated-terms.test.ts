import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { decodeConfig } from '../../src/wire/messages/config.js';
import { decodeFederation } from '../../src/wire/messages/federation.js';
import { decodeRequest } from '../../src/wire/messages/file-transfer.js';
import { MessageError } from '../../src/wire/messages/message-error.js';
import { decodeReport } from '../../src/wire/messages/report.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { TermError } from '../../src/wire/term-error.js';
import { binary, integer } from '../../src/wire/term.js';
import { collectGarbage } from '../support/collect-garbage.js';

const FULL = process.env['TRIALS'] === 'full';
const MUTATIONS = FULL ? 1_000_000 : 20_000;

const seeds = [
  ...(JSON.parse(readFileSync('test/golden/etf.json', 'utf8')) as { hex: string | null }[])
    .filter(({ hex }) => hex !== null)
    .map(({ hex }) => Buffer.from(hex as string, 'hex')),
  ...readdirSync('test/captures')
    .filter((name) => name.endsWith('.bin'))
    .map((name) => readFileSync(`test/captures/${name}`)),
];

/** Numbers below `bound`, the same ones each run (mulberry32): a failure can be run again. */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

function mutate(random: (bound: number) => number): Buffer {
  let bytes = Buffer.from(seeds[random(seeds.length)] as Buffer);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(bytes.length || 1);
    switch (random(6)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        bytes.fill(random(256), at, Math.min(at + 1, bytes.length));
        break;
      case 2:
        bytes.fill([0, 0xff, 0x7f, 0x80][random(4)] as number, at, Math.min(at + 4, bytes.length));
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length || 1))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), seeds[random(seeds.length)] as Buffer, bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(70 + random(51)), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** How it ended: taken as some message, or refused by the errors that are counted. Anything else is a crash. */
function outcome(bytes: Buffer): 'taken' | 'refused' {
  try {
    const term = decodeTerm(bytes);
    // What is taken can be written again, and means the same.
    expect(decodeTerm(encodeTerm(term))).toEqual(term);
  } catch (error) {
    if (error instanceof TermError) return 'refused';
    throw error;
  }
  return readers.map((read) => isTaken(bytes, read)).includes(true) ? 'taken' : 'refused';
}

const readers = [decodeReport, decodeConfig, decodeRulesPayload, decodeRequest, decodeFederation];

function isTaken(bytes: Buffer, read: (body: Uint8Array) => unknown): boolean {
  try {
    read(bytes);
    return true;
  } catch (error) {
    if (error instanceof MessageError) return false;
    throw error;
  }
}

/**
 * Processor time of refusing a hostile message, in ms: the wall clock would count what other programs do meanwhile.
 * Least of three: the first may pay for the compiler.
 */
function stall(bytes: Buffer): number {
  const times = [0, 1, 2].map(() => {
    const before = process.cpuUsage();
    refusal(bytes);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Why no report is read from it. */
function refusal(bytes: Buffer): string {
  try {
    decodeReport(bytes);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return error.message;
  }
  throw new Error('it was taken');
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const ATOMS = 2 ** 20;
const NESTED = 100_000;
const hostile: Readonly<Record<string, () => Buffer>> = {
  'tuples nested 10^5 deep': () =>
    Buffer.concat([Buffer.of(131), Buffer.alloc(2 * NESTED, Buffer.of(104, 1)), Buffer.of(106)]),
  'lists nested 10^5 deep': () =>
    Buffer.concat([Buffer.of(131), Buffer.alloc(5 * NESTED, Buffer.of(108, 0, 0, 0, 1)), Buffer.of(106)]),
  'maps nested 10^5 deep': () =>
    Buffer.concat([Buffer.of(131), Buffer.alloc(7 * NESTED, Buffer.of(116, 0, 0, 0, 1, 97, 0)), Buffer.of(106)]),
  'list tails 10^5 deep': () =>
    Buffer.concat([Buffer.of(131), Buffer.alloc(7 * NESTED, Buffer.of(108, 0, 0, 0, 1, 97, 0)), Buffer.of(106)]),
  '800,000 empty lists as tails': () =>
    Buffer.concat([Buffer.of(131), Buffer.alloc(800_000 * 5, Buffer.of(108, 0, 0, 0, 0)), Buffer.of(106)]),
  'a binary of 4 GiB': () => Buffer.of(131, 109, 255, 255, 255, 255),
  'a list of 4 GiB': () => Buffer.concat([Buffer.of(131, 108, 255, 255, 255, 255), Buffer.alloc(1_000_000, 106)]),
  'a zip bomb that says its size': () =>
    Buffer.concat([Buffer.of(131, 80), u32(2 ** 30), deflateSync(Buffer.alloc(16 * 2 ** 20))]),
  'a zip bomb that lies': () =>
    Buffer.concat([Buffer.of(131, 80), u32(4 * 2 ** 20), deflateSync(Buffer.alloc(64 * 2 ** 20))]),
  'a zip bomb at the limit': () =>
    Buffer.concat([Buffer.of(131, 80), u32(4 * 2 ** 20), deflateSync(Buffer.alloc(4 * 2 ** 20, 106))]),
  '2^20 different atoms': () =>
    Buffer.concat([
      Buffer.of(131, 108),
      u32(ATOMS),
      ...Array.from({ length: ATOMS }, (_, i) =>
        Buffer.concat([Buffer.of(119, 5), Buffer.from(i.toString(36).padStart(5, 'x'))]),
      ),
      Buffer.of(106),
    ]),
  'as many different atoms as the limit lets through': () =>
    Buffer.concat([
      Buffer.of(131, 108),
      u32(16_000),
      ...Array.from({ length: 16_000 }, (_, i) =>
        Buffer.concat([Buffer.of(119, 5), Buffer.from(i.toString(36).padStart(5, 'x'))]),
      ),
      Buffer.of(106),
    ]),
  'an integer of half a million bits': () => {
    const digits = Buffer.alloc(65_536, 255);
    return Buffer.concat([Buffer.of(131, 111), u32(digits.length), Buffer.of(0), digits]);
  },
  'a map of 8,000 keys': () =>
    encodeTerm({
      kind: 'map',
      entries: Array.from({ length: 8_000 }, (_, i) => [binary(`key ${i}`), integer(i)] as const),
    }),
};

const NO_REPORT = /^report refused: no property list/;
/** Where reading ends. How long it took until then is printed. */
const bound: Readonly<Record<string, RegExp>> = {
  'tuples nested 10^5 deep': /^report refused: no external term: byte 129: nesting deeper than 64;/,
  'lists nested 10^5 deep': /^report refused: no external term: byte 321: nesting deeper than 64;/,
  'maps nested 10^5 deep': /^report refused: no external term: byte 449: nesting deeper than 64;/,
  'list tails 10^5 deep': /^report refused: no external term: byte 57345: more than 16384 terms;/,
  '800,000 empty lists as tails': /^report refused: no external term: byte 81921: more than 16384 terms;/,
  'a binary of 4 GiB': /^report refused: no external term: byte 6: the end of the message where a binary should be;/,
  'a list of 4 GiB': /^report refused: no external term: byte 2: a claim of 4294967295 list elements in 1000000 bytes;/,
  'a zip bomb that says its size': /^report refused: no external term: byte 2: an inflated size of 1073741824 bytes;/,
  'a zip bomb that lies':
    /^report refused: no external term: byte 2: more inflated bytes than the 4194304 that are claimed;/,
  'a zip bomb at the limit':
    /^report refused: no external term: byte 1 of the inflated term: 4194303 bytes after the term;/,
  '2^20 different atoms': /^report refused: no external term: byte 0: a message of 7340039 bytes;/,
  'as many different atoms as the limit lets through': NO_REPORT,
  'an integer of half a million bits': NO_REPORT,
  'a map of 8,000 keys': NO_REPORT,
};

describe('trial 11: hostile terms', () => {
  it.each(Object.entries(hostile))('%s: refused at its bound, before the rest is read', (name, build) => {
    const bytes = build();
    expect(refusal(bytes)).toMatch(bound[name] ?? 'a bound');
    process.stdout.write(`trial 11: ${name}: ${stall(bytes).toFixed(2)} ms\n`);
  });

  it(
    `${MUTATIONS} mutated messages: taken or refused, nothing else; memory flat`,
    async () => {
      const random = randomNumbers(11);
      const counts = { taken: 0, refused: 0 };
      const run = (times: number): void => {
        for (let i = 0; i < times; i++) counts[outcome(mutate(random))]++;
      };
      run(MUTATIONS / 2);
      const before = await settledHeap();
      run(MUTATIONS / 2);
      const grown = (await settledHeap()) - before;
      process.stdout.write(
        `trial 11: ${counts.refused} refused, ${counts.taken} taken, heap ${(grown / 2 ** 20).toFixed(1)} MiB\n`,
      );
      expect(counts.refused).toBeGreaterThan(MUTATIONS / 2);
      expect(grown).toBeLessThan(2 ** 20);
    },
    FULL ? 1_800_000 : 120_000,
  );
});

/** Bytes of the heap in use when all garbage is collected. */
async function settledHeap(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
