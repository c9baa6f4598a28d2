import { describe, expect, it } from 'vitest';
import { annotate, plainJson, termFromJson } from '../../src/wire/json.js';
import { atom, binary, charlist, float, integer, list, map, NIL, tuple } from '../../src/wire/term.js';

describe('annotate', () => {
  it('tells all kinds apart', () => {
    const term = tuple(
      integer(1),
      integer(2n ** 64n),
      float(1),
      atom('ok'),
      binary('é'),
      binary(Buffer.of(0xff)),
      NIL,
      charlist('q1'),
      charlist(Buffer.of(1, 0xff)),
      list([atom('a')], atom('b')),
      map([[binary('k'), list([binary('v')])]]),
      { kind: 'pid', node: 'n', id: 1, serial: 2, creation: 3 },
      { kind: 'opaque', tag: 77, bytes: Buffer.of(77) },
    );
    expect(annotate(term)).toEqual({
      tuple: [
        1,
        { integer: '18446744073709551616' },
        { float: 1 },
        { atom: 'ok' },
        { binary: 'é' },
        { binary_base64: '/w==' },
        { list: [] },
        { charlist: 'q1' },
        { charlist_bytes: [1, 255] },
        { list: [{ atom: 'a' }], tail: { atom: 'b' } },
        { map: [[{ binary: 'k' }, { list: [{ binary: 'v' }] }]] },
        { pid: { node: 'n', id: 1, serial: 2, creation: 3 } },
        { opaque: { tag: 77, bytes_base64: 'TQ==' } },
      ],
    });
  });
});

describe('plainJson', () => {
  it('gives back what termFromJson took', () => {
    const json = { a: [1, 'x', null, true, 1.5, {}, []], __b: { c: 'd' }, big: 2 ** 40 };
    expect(plainJson(termFromJson(json))).toEqual(json);
  });

  it('has no answer for what JSON has not', () => {
    for (const term of [tuple(), list([atom('a')], atom('b')), binary(Buffer.of(0xff)), integer(2n ** 80n)]) {
      expect(plainJson(term)).toBeUndefined();
      expect(plainJson(list([atom('a'), term]))).toBeUndefined();
      expect(plainJson(map([[binary('k'), term]]))).toBeUndefined();
    }
    expect(plainJson(map([[integer(1), NIL]]))).toBeUndefined();
  });
});
