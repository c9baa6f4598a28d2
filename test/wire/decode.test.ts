import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMITS } from '../../src/wire/decode-limits.js';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { TermError } from '../../src/wire/term-error.js';
import { atom, binary, charlist, integer, list, NIL, tuple, type Term } from '../../src/wire/term.js';

function term(...bytes: readonly number[]): Term {
  return decodeTerm(Buffer.of(131, ...bytes));
}

function refusal(bytes: Uint8Array): TermError {
  try {
    decodeTerm(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(TermError);
    return error as TermError;
  }
  throw new Error('was not refused');
}

function refused(...bytes: readonly number[]): TermError {
  return refusal(Buffer.of(131, ...bytes));
}

function u32(value: number): readonly number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return [...bytes];
}

describe('decodeTerm', () => {
  it('takes all four atoms', () => {
    for (const head of [
      [100, 0, 2],
      [115, 2],
      [118, 0, 2],
      [119, 2],
    ]) {
      expect(term(...head, 111, 107)).toEqual(atom('ok'));
    }
    expect(term(100, 0, 1, 0xe9)).toEqual(atom('é'));
    expect(term(119, 2, 0xc3, 0xa9)).toEqual(atom('é'));
  });

  it('takes all integers, also those written longer than needed', () => {
    expect(term(98, 0, 0, 0, 7)).toEqual(integer(7));
    expect(term(110, 2, 1, 7, 0)).toEqual(integer(-7));
    expect(term(110, 0, 1)).toEqual(integer(0));
    expect(term(111, 0, 0, 0, 8, 0, 255, 255, 255, 255, 255, 255, 255, 127)).toEqual(integer(2n ** 63n - 1n));
  });

  it('takes old floats', () => {
    const text = Buffer.alloc(31);
    text.write('1.50000000000000000000e+00');
    expect(term(99, ...text)).toEqual({ kind: 'float', value: 1.5 });
    expect(refused(99, ...Buffer.alloc(31, 65)).offset).toBe(1);
  });

  it('refuses floats that Erlang does not have', () => {
    expect(refused(70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0).found).toContain('Infinity');
  });

  it('keeps binary, charlist, atom and list of texts apart', () => {
    expect(term(109, ...u32(1), 97)).toEqual(binary('a'));
    expect(term(107, 0, 1, 97)).toEqual(charlist('a'));
    expect(term(104, 1, 119, 1, 97)).toEqual(tuple(atom('a')));
    expect(term(108, ...u32(1), 109, ...u32(1), 97, 106)).toEqual(list([binary('a')]));
  });

  it('knows one list in all its spellings, as Erlang does', () => {
    expect(term(108, ...u32(2), 97, 1, 97, 2, 106)).toEqual(charlist(Buffer.of(1, 2)));
    expect(term(108, ...u32(1), 98, 0, 0, 0, 1, 107, 0, 1, 2)).toEqual(charlist(Buffer.of(1, 2)));
    expect(term(108, ...u32(1), 97, 1, 108, ...u32(1), 97, 2, 106)).toEqual(charlist(Buffer.of(1, 2)));
    expect(term(108, ...u32(1), 119, 1, 97, 107, 0, 1, 2)).toEqual(list([atom('a'), integer(2)]));
    expect(term(108, ...u32(0), 106)).toEqual(NIL);
    expect(term(107, 0, 0)).toEqual(NIL);
    expect(term(108, ...u32(0), 97, 5)).toEqual(integer(5));
  });

  it('takes improper lists', () => {
    const improper = term(108, ...u32(1), 109, ...u32(1), 97, 109, ...u32(1), 98);
    expect(improper).toEqual({ kind: 'list', elements: [binary('a')], tail: binary('b') });
    expect(encodeTerm(improper)).toEqual(Buffer.of(131, 108, ...u32(1), 109, ...u32(1), 97, 109, ...u32(1), 98));
  });

  it('takes large tuples and both pids', () => {
    expect(term(105, ...u32(1), 97, 1)).toEqual(tuple(integer(1)));
    const node = [119, 1, 110];
    const pid = { kind: 'pid', node: 'n', id: 1, serial: 2, creation: 3 };
    expect(term(103, ...node, ...u32(1), ...u32(2), 3)).toEqual(pid);
    expect(term(88, ...node, ...u32(1), ...u32(2), ...u32(3))).toEqual(pid);
    expect(refused(88, 97, 1).found).toBe('tag 97 as the node of a pid');
  });

  it.each([
    ['bit string', [77, 0, 0, 0, 1, 3, 0xe0]],
    ['old port', [102, 119, 1, 110, 0, 0, 0, 1, 0]],
    ['new port', [89, 119, 1, 110, 0, 0, 0, 1, 0, 0, 0, 0]],
    ['port of OTP 24', [120, 119, 1, 110, ...new Array<number>(12).fill(0)]],
    ['old reference', [101, 119, 1, 110, 0, 0, 0, 1, 0]],
    ['new reference', [114, 0, 1, 119, 1, 110, 0, 0, 0, 0, 1]],
    ['newer reference', [90, 0, 1, 100, 0, 1, 110, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['external function', [113, 119, 1, 109, 119, 1, 102, 97, 2]],
  ])('carries a %s unread', (_, bytes) => {
    const opaque = term(104, 2, ...bytes, 106);
    expect(opaque).toMatchObject({ kind: 'tuple', elements: [{ kind: 'opaque', tag: bytes[0] }, NIL] });
    expect(encodeTerm(opaque)).toEqual(Buffer.of(131, 104, 2, ...bytes, 106));
  });

  it('inflates compressed terms', () => {
    const plain = encodeTerm(binary('dog '.repeat(100)));
    const packed = Buffer.concat([Buffer.of(131, 80, ...u32(plain.length - 1)), deflateSync(plain.subarray(1))]);
    expect(decodeTerm(packed)).toEqual(binary('dog '.repeat(100)));
  });

  it.each<[string, readonly number[], number, string]>([
    ['nothing', [], 1, 'the end of the message where a tag should be'],
    ['an unknown tag', [200], 1, 'tag 200'],
    ['an internal function', [112, 0, 0, 0, 4], 1, 'tag 112'],
    ['a cut integer', [98, 0, 0], 2, 'only 2 bytes where an integer should be'],
    ['a binary of 4 GiB', [109, 255, 255, 255, 255, 1], 6, 'only 1 byte where a binary should be'],
    ['a list of 4 GiB', [108, 255, 255, 255, 255, 97], 2, 'a claim of 4294967295 list elements in 1 byte'],
    ['a tuple of 4 GiB', [105, 255, 255, 255, 255], 6, 'a claim of 4294967295 tuple elements in 0 bytes'],
    ['a map of 4 GiB', [116, 255, 255, 255, 255], 2, 'a claim of 4294967295 map pairs in 0 bytes'],
    ['an integer of 4 GiB', [111, 255, 255, 255, 255, 0], 1, 'an integer of 4294967295 bytes'],
    ['bytes after the term', [97, 1, 0, 0], 3, '2 bytes after the term'],
    ['an atom that is not UTF-8', [119, 1, 0xff], 1, 'an atom that is not UTF-8'],
    ['an atom over 255 characters', [100, 1, 0, ...Buffer.alloc(256, 97)], 1, 'an atom of 256 bytes'],
    ['the same key twice', [116, 0, 0, 0, 2, 97, 1, 97, 1, 110, 1, 0, 1, 97, 2], 10, 'a map key that was there before'],
    ['a reference cut short', [90, 255, 255, 119, 1, 110, 0], 1, 'only 7 bytes'],
  ])('refuses %s, and says where', (_, bytes, offset, found) => {
    const error = refused(...bytes);
    expect(error.offset).toBe(offset);
    expect(error.found).toContain(found);
    expect(error.message).toContain(`byte ${offset}`);
    expect(error.allowed).not.toBe('');
  });

  it('refuses a message that does not start with 131', () => {
    expect(refusal(Buffer.from('{"json": true}')).message).toBe('byte 0: byte 123; allowed: version byte 131');
    expect(refusal(Buffer.alloc(0)).offset).toBe(0);
  });

  it('refuses broken, cut and lying compression', () => {
    const plain = Buffer.of(97, 1);
    const stream = [...deflateSync(plain)];
    expect(refused(80, ...u32(2), 1, 2, 3).found).toBe('a broken zlib stream');
    expect(refused(80, ...u32(2), ...stream.slice(0, 5)).found).toBe('a broken zlib stream');
    expect(refused(80, ...u32(1), ...stream).found).toBe('more inflated bytes than the 1 that are claimed');
    expect(refused(80, ...u32(3), ...stream).found).toBe('a claim of 3 inflated bytes where there are 2');
    expect(refused(80, 0).found).toContain('1 of the 4 bytes');
    expect(refused(80, ...u32(2 ** 32 - 1), ...stream).found).toBe('an inflated size of 4294967295 bytes');
    expect(refused(80, ...u32(1), ...deflateSync(Buffer.of(200))).message).toContain('byte 0 of the inflated term');
  });

  it('holds its limits to the byte', () => {
    const deep = (levels: number): Buffer =>
      Buffer.of(131, ...Array.from({ length: levels }, () => [104, 1]).flat(), 106);
    expect(() => decodeTerm(deep(MESSAGE_LIMITS.maxDepth))).not.toThrow();
    expect(refusal(deep(MESSAGE_LIMITS.maxDepth + 1)).found).toContain('nesting deeper than 64');
    const limits = { ...MESSAGE_LIMITS, maxTerms: 4, maxBytes: 12 };
    expect(() => decodeTerm(Buffer.of(131, 104, 3, 106, 106, 106), limits)).not.toThrow();
    expect(() => decodeTerm(Buffer.of(131, 104, 4, 106, 106, 106, 106), limits)).toThrow('more than 4 terms');
    expect(() => decodeTerm(Buffer.alloc(13, 131), limits)).toThrow('a message of 13 bytes');
  });
});
