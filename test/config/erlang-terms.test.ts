import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeErlangSource, ErlangSyntaxError, parseErlangTerm } from '../../src/config/erlang-terms.js';
import type { ExactTerm } from '../../src/config/erlang/exact-term.js';
import { parseExactTerms } from '../../src/config/erlang/parse-exact-terms.js';
import { LARGE_LIMITS } from '../../src/wire/decode-limits.js';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { atom, binary, float, integer, list, map, tuple, type Term } from '../../src/wire/term.js';
import { arbitraryTerm } from '../support/arbitrary-term.js';
import { itWithErlang, runErlang } from '../support/erl.js';

const FORMS = JSON.parse(readFileSync(new URL('./erlang-forms.json', import.meta.url), 'utf8')) as readonly string[];

/** What OTP 25, which may be the judge here, reads in another way than OTP 27. */
const ONLY_IN_27: ReadonlySet<string> = new Set([
  '$\\^?.',
  '"""\na\n""".',
  '~s"a".',
  '<<~"a">>.',
  '#{0.0=>a,-0.0=>b}.',
  // Comments with # are ours.
  '#a.',
  '#a.b.',
  '#1{}.',
]);

/** All as file:consult/1 reads it: the terms, or `no`. */
const CONSULT = `
  [Packed] = Files, {ok, Bin} = file:read_file(Packed), File = Packed ++ ".config",
  [begin
     ok = file:write_file(File, Form),
     case file:consult(File) of
       {ok, Terms} -> io:format("~s~n", [base64:encode(term_to_binary(Terms, [{minor_version, 2}]))]);
       {error, _} -> io:format("no~n")
     end
   end || Form <- binary_to_term(Bin)]`;

async function consult(sources: readonly Uint8Array[]): Promise<readonly string[]> {
  const printed = await runErlang(CONSULT, [encodeTerm(list(sources.map((source) => binary(source))))]);
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => (line === 'no' ? 'refused' : canonical(decodeTerm(Buffer.from(line, 'base64'), LARGE_LIMITS))));
}

function ours(source: Uint8Array): string {
  try {
    return canonical(list(parseExactTerms(decodeErlangSource(source)).map(({ term }) => wireTerm(term))));
  } catch (error) {
    if (error instanceof ErlangSyntaxError) return 'refused';
    throw error;
  }
}

describe('Erlang terms as Erlang reads them', () => {
  itWithErlang('hundreds of forms: taken or refused, and the value', async () => {
    const forms = FORMS.filter((form) => !ONLY_IN_27.has(form));
    const sources = forms.map((form) => Buffer.from(form));
    const theirs = await consult(sources);
    const compared = forms.map((form, at) => ({ form, read: theirs[at] }));
    expect(forms.map((form, at) => ({ form, read: ours(sources[at] as Buffer) }))).toEqual(compared);
    expect(theirs.filter((one) => one === 'refused').length).toBeGreaterThan(150);
    expect(theirs.filter((one) => one !== 'refused').length).toBeGreaterThan(150);
  });

  itWithErlang('encoding comments and bytes that are not in the encoding', async () => {
    const sources = [
      'a. % coding: latin-1\n"\xe9".',
      '\n% coding: latin-1\n"\xe9".',
      '\n\n% coding: latin-1\n"\xe9".',
      '%% -*- coding:latin-1 -*-\n{\xe9t\xe9, "\xe9"}.',
      '% CODING: latin-1\n"\xe9".',
      '% coding = Latin-1\n"\xe9".',
      '% xcoding:latin-1x\n"\xe9".',
      '% coding: utf-16\n% coding: latin-1\n"\xe9".',
      '% coding: utf-8 coding: latin-1\n"\xe9".',
      '"coding: latin-1".\n"\xe9".',
      '% encoding: latin-1\n"\xe9".',
      '% coding: latin1\n"\xe9".',
      '"% coding: latin-1 ".\n"\xe9".',
      '"\xe9".',
      '% \xe9\na.',
      '\xef\xbb\xbfa.',
      '% coding: latin-1.\n"\xe9".',
      '% coding:\tlatin-1\n"\xe9".',
      '% coding: utf-8\n"\xc3\xa9".',
      '% coding: latin-1\n"\xc3\xa9".',
      '"\xc3".',
      '"\xed\xa0\x80".',
      '"\xf0\x9f\x98\x80".',
      '"\xf4\x90\x80\x80".',
      '"\xc0\xaf".',
    ].map((source) => Buffer.from(source, 'latin1'));
    const theirs = await consult(sources);
    expect(sources.map((source) => [source.toString('latin1'), ours(source)])).toEqual(
      sources.map((source, at) => [source.toString('latin1'), theirs[at]]),
    );
  });

  itWithErlang('what Erlang prints of any term is read back', async () => {
    const terms = fc.sample(arbitraryTerm, 300).filter((term) => !hasPid(term));
    const print = `
      [Packed] = Files, {ok, Bin} = file:read_file(Packed),
      [io:format("~s~n", [base64:encode(unicode:characters_to_binary(io_lib:format(Format ++ ".~n", [Term])))])
       || Term <- binary_to_term(Bin), Format <- ["~w", "~p", "~tw", "~tp"]]`;
    const printed = (await runErlang(print, [encodeTerm(list(terms))])).trimEnd().split('\n');
    expect(printed).toHaveLength(terms.length * 4);
    for (const [at, line] of printed.entries()) {
      const source = Buffer.from(line, 'base64');
      expect({ source: source.toString(), read: ours(source) }).toEqual({
        source: source.toString(),
        read: canonical(list([terms[Math.floor(at / 4)] as Term])),
      });
    }
  });
});

describe('Erlang terms of OTP 27, as its reference manual has them', () => {
  const text = (value: string) => ({ kind: 'text', text: value });
  it.each([
    ['"""\n  a\n   "b" \\n\n\n  """.', text('a\n "b" \\n\n')],
    ['"""\n"""', undefined],
    ['"""\n""".', text('')],
    ['"""  \r\n a\r\n """.', text('a')],
    ['"""a\n""".', undefined],
    ['"""\n a\n  """.', undefined],
    ['""""\n"""\n"""".', text('"""')],
    ['~"a\\n\\x{1F600}".', text('a\n\u{1f600}')],
    ['~b"a\\tb".', text('a\tb')],
    ['~B"a\\tb".', text('a\\tb')],
    ['~s"a\\tb".', text('a\tb')],
    ['~S"a\\tb".', text('a\\tb')],
    ['~s(a"b).', text('a"b')],
    ['~s[a].', text('a')],
    ['~s{a}.', text('a')],
    ['~s<a>.', text('a')],
    ['~s/a/.', text('a')],
    ['~s|a|.', text('a')],
    ["~s'a'.", text('a')],
    ['~s`a`.', text('a')],
    ['~s#a#.', text('a')],
    ['~S(a\\).', text('a\\')],
    ['~"""\n a\\n\n """.', text('a\\n')],
    ['~b"""\n a\\n\n """.', text('a\n')],
    ['~S"""\n a\\n\n """.', text('a\\n')],
    ['~x"a".', undefined],
    ['~s"a"x.', undefined],
    ['~s"a" "b".', undefined],
    ['"a" ~s"b".', undefined],
    ['~ "a".', undefined],
    ['<<~"a"/binary, 1:8>>.', text('a\u0001')],
    ['"\\^?".', text('\u007f')],
  ])('%j', (source, term) => {
    if (term === undefined) expect(() => parseErlangTerm(source)).toThrow(ErlangSyntaxError);
    else expect(parseErlangTerm(source)).toEqual(term);
  });
});

describe('Erlang terms for settings', () => {
  it.each([
    ['fun logger_filters:domain/2.', { kind: 'fun', module: 'logger_filters', name: 'domain', arity: 2 }],
    ['<<1:3>>.', { kind: 'bitstring', hex: '20', size: 3 }],
    ['<<"\xe9">>.', { kind: 'bitstring', hex: 'e9', size: 8 }],
    ['9007199254740993.', { kind: 'large integer', digits: '9007199254740993' }],
    ['[a | b].', { kind: 'improper list', items: [{ kind: 'atom', name: 'a' }], tail: { kind: 'atom', name: 'b' } }],
  ])('%s has a kind of its own and can be written as JSON', (source, term) => {
    expect(parseErlangTerm(source)).toEqual(term);
    expect(JSON.parse(JSON.stringify(parseErlangTerm(source)))).toEqual(term);
  });

  it.each([
    ['{a,\n  #rec{}}.', 'line 2, column 3: expected a term (a record is known to its module only), found "#rec{}}."'],
    ['{a, \u{1f600}\u{e9}}.', 'line 1, column 5: expected a term'],
    ['["\u{1f600}", B].', 'line 1, column 7: expected a term (a name with a capital is a variable'],
    ['fun() -> a end.', 'line 1, column 1: expected fun Module:Name/Arity'],
    ['{end, 1}.', "as an atom it is 'end'"],
    ['<0.1.2>.', 'a process has no written form'],
    ['<<1:99999999999>>.', 'a binary of at most 1048576 bytes'],
    ['a. b.', 'line 1, column 4: expected the end of the file after the dot, found "b."'],
    ['"a', 'line 1, column 1: expected a closing "'],
    ['16#fg.', 'expected digits of base 16'],
    [`${'9'.repeat(1001)}.`, 'expected a number of at most 1000 digits'],
    ['"\ud800".', 'line 1, column 2: expected text'],
    ['[a, # one\n b c].', 'line 2, column 4: expected "," or "]", found "c]."'],
  ])('%j is refused, and says where and why', (source, message) => {
    expect(() => parseErlangTerm(source)).toThrow(message);
  });

  it('names the byte that is no UTF-8', () => {
    const bytes = Buffer.from('{a,\n "\xc3\xa9\xe9"}.', 'latin1');
    expect(() => decodeErlangSource(bytes)).toThrow('line 2, column 4: expected UTF-8, found the byte 0xe9');
    expect(() => decodeErlangSource(Buffer.from('"\xe2\x82".', 'latin1'))).toThrow(
      'column 2: expected UTF-8, found the byte 0xe2',
    );
  });

  it.each(['[', '{', '(', '<<', '#{a=>', '[a|', '- (', '#{'])('100,000 times %s end in an error', (sign) => {
    expect(() => parseErlangTerm(sign.repeat(100_000))).toThrow(ErlangSyntaxError);
  });

  it('reads large lists', () => {
    const items = 50_000;
    expect(parseErlangTerm(`[${'{a,"b",1.5},\n'.repeat(items)}z].`)).toMatchObject({ items: { length: items + 1 } });
  });
});

function wireTerm(term: ExactTerm): Term {
  switch (term.kind) {
    case 'atom':
      return atom(term.name);
    case 'integer':
      return integer(term.value);
    case 'float':
      return float(term.value);
    case 'string':
      return list(Array.from(term.text, (one) => integer(one.codePointAt(0) ?? 0)));
    case 'bits':
      return term.size % 8 === 0 ? binary(term.bytes) : opaque(77, bitBinary(term.bytes, term.size));
    case 'list':
      return list(term.items.map(wireTerm));
    case 'improper':
      return list(term.items.map(wireTerm), wireTerm(term.tail));
    case 'tuple':
      return tuple(...term.items.map(wireTerm));
    case 'map': {
      const entries = new Map(
        term.entries.map(([key, value]) => [canonical(wireTerm(key)), [wireTerm(key), wireTerm(value)] as const]),
      );
      return map([...entries.values()]);
    }
    case 'fun': {
      const part = (name: string) => encodeTerm(atom(name)).subarray(1);
      return opaque(113, Buffer.concat([part(term.module), part(term.name), Buffer.from([97, term.arity])]));
    }
  }
}

function opaque(tag: number, bytes: Buffer): Term {
  return {
    kind: 'opaque',
    tag,
    bytes: Buffer.concat([Buffer.from([tag]), bytes]),
  };
}

function bitBinary(bytes: Uint8Array, size: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length);
  head[4] = size % 8;
  return Buffer.concat([head, bytes]);
}

/** A term as text, maps in one order. */
function canonical(term: Term): string {
  switch (term.kind) {
    case 'list':
      return `[${term.elements.map(canonical).join()}|${term.tail === undefined ? '' : canonical(term.tail)}]`;
    case 'tuple':
      return `{${term.elements.map(canonical).join()}}`;
    case 'map':
      return `#{${term.entries
        .map(([key, value]) => `${canonical(key)}=>${canonical(value)}`)
        .sort()
        .join()}}`;
    default:
      return `${term.kind} ${encodeTerm(term).toString('hex')}`;
  }
}

function hasPid(term: Term): boolean {
  switch (term.kind) {
    case 'pid':
      return true;
    case 'list':
      return term.elements.some(hasPid) || (term.tail !== undefined && hasPid(term.tail));
    case 'tuple':
      return term.elements.some(hasPid);
    case 'map':
      return term.entries.flat().some(hasPid);
    default:
      return false;
  }
}
