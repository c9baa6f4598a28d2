import { describe, expect, it } from 'vitest';
import { shownBody } from '../../src/operations/shown-body.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { binaryKeyMap, termFromJson } from '../../src/wire/json.js';
import { atom, binary, integer, list, map, tuple, type Term } from '../../src/wire/term.js';

function shown(term: Term) {
  const body = encodeTerm(term);
  return shownBody(body, body.length);
}

function shownText(text: string | Uint8Array) {
  const body = Buffer.from(text as string);
  return shownBody(body, body.length);
}

/** Lists in lists, `depth` of them. */
function nested(depth: number): Term {
  let term: Term = atom('end');
  for (let n = 0; n < depth; n++) term = list([term]);
  return term;
}

describe('a refused body as it is shown', () => {
  it('is its Erlang term, as plain as it can be', () => {
    const { decoded, text, cut } = shown(
      list([
        tuple(atom('count'), integer(1)),
        tuple(atom('user_data'), termFromJson({ name: 'h', up: true, ports: [22000, 80000], none: null })),
        map([
          [integer(1), atom('error')],
          [integer(2n ** 70n), binary(Buffer.from([0xff]))],
        ]),
      ]),
    );
    expect([text, cut]).toEqual([null, false]);
    expect(decoded).toEqual([
      { tuple: [{ atom: 'count' }, 1] },
      { tuple: [{ atom: 'user_data' }, { name: 'h', up: true, ports: [22000, 80000], none: null }] },
      {
        map: [
          [1, { atom: 'error' }],
          [{ integer: '1180591620717411303424' }, { binary_base64: '/w==' }],
        ],
      },
    ]);
  });

  it('is its JSON, where it is that, and else its text', () => {
    expect(shownText('{"name":"h","n":[1,null]}')).toEqual({
      decoded: { name: 'h', n: [1, null] },
      text: null,
      cut: false,
    });
    expect(shownText('hello\tyou\u001b[2J\u202e')).toEqual({
      decoded: null,
      text: 'hello\\u{9}you\\u{1B}[2J\\u{202E}',
      cut: false,
    });
    expect(shownText(Uint8Array.of(0, 0x41, 0xff, 0x7f))).toEqual({
      decoded: null,
      text: '\\x00A\\xff\\x7f',
      cut: false,
    });
    expect(shownText('')).toEqual({ decoded: null, text: '', cut: false });
  });

  it('has its hidden characters escaped, in names too', () => {
    expect(shown(binaryKeyMap([['a\u0000b', binary('\u202ec')]])).decoded).toEqual({ 'a\\u{0}b': '\\u{202E}c' });
  });

  it('has no secrets, wherever they stand', () => {
    const { decoded } = shown(
      list([
        tuple(atom('password'), binary('hunter2')),
        map([[tuple(), list([binary('api-key'), binary('hunter2')])]]),
        binaryKeyMap([
          ['smtp_password', binary('hunter2')],
          ['url', binary('amqp://dog:hunter2@mq/dog')],
        ]),
        map([
          [integer(1), integer(1)],
          [binary('token'), binary('hunter2')],
        ]),
      ]),
    );
    expect(JSON.stringify(decoded)).not.toContain('hunter2');
    expect(JSON.stringify(decoded)).toContain('amqp://dog:***@mq/dog');
    for (const text of [
      'password=hunter2 and more',
      '{"name": "h", "password": "hunter2", "x": ',
      'amqp://dog:hunter2@mq/dog',
      'Authorization: hunter2',
    ])
      expect(shownText(text).text).not.toContain('hunter2');
    const broken = Buffer.concat([encodeTerm(tuple(atom('password'), binary('hunter2'))), Buffer.of(1)]);
    expect(shownText(broken).text).toContain('password(secret)');
    expect(shownText(broken).text).not.toContain('hunter2');
  });

  it('is bounded: in depth, in values and in characters', () => {
    const deep = shown(nested(60));
    expect([deep.cut, JSON.stringify(deep.decoded)]).toEqual([true, `${'['.repeat(24)}"…"${']'.repeat(24)}`]);
    const wide = shown(list(Array.from({ length: 10_000 }, () => atom('true'))));
    expect([wide.cut, (wide.decoded as unknown[]).length]).toEqual([true, 4000]);
    const long = shown(list(Array.from({ length: 55 }, () => binary('x'.repeat(1100)))));
    expect(long.cut).toBe(true);
    expect(JSON.stringify(long.decoded).length).toBeLessThan(35_000);
    expect(shownText('['.repeat(16_000))).toMatchObject({ decoded: null, cut: true });
    expect(shownText('x'.repeat(9000)).text).toHaveLength(8192);
    expect(shownText('['.repeat(5000) + ']'.repeat(5000))).toMatchObject({ cut: true, text: null });
  });

  it('is only its beginning where the rest is not kept', () => {
    const body = encodeTerm(binary('x'.repeat(100)));
    expect(shownBody(body.subarray(0, 50), body.length)).toMatchObject({ decoded: null, cut: true });
    // The end of what is kept is within a character.
    const half = Buffer.from('größe').subarray(0, 3);
    expect(shownBody(half, 7)).toEqual({ decoded: null, text: 'gr', cut: true });
  });
});
