import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { arbitraryTerm } from '../support/arbitrary-term.js';
import { itWithErlang, runErlang } from '../support/erl.js';

describe('encode and decode', () => {
  it('give back any term', () => {
    fc.assert(
      fc.property(arbitraryTerm, (term) => {
        const bytes = encodeTerm(term);
        const back = decodeTerm(bytes);
        expect(back).toEqual(term);
        expect(encodeTerm(back).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  itWithErlang('give Erlang equal terms, and take back what it writes', async () => {
    const terms = fc.sample(arbitraryTerm, 200);
    const encoded = terms.map(encodeTerm);
    // Erlang writes each term anew; its own reading of our bytes and of its own must be the same term.
    const printed = await runErlang(
      `lists:foreach(fun(F) -> {ok, B} = file:read_file(F), T = binary_to_term(B), N = term_to_binary(T, [{minor_version, 2}]), T = binary_to_term(N), io:format("~s~n", [base64:encode(N)]) end, Files)`,
      encoded,
    );
    const theirs = printed.trim().split('\n');
    expect(theirs).toHaveLength(terms.length);
    theirs.forEach((line, index) => {
      const bytes = Buffer.from(line, 'base64');
      expect(normalised(decodeTerm(bytes))).toEqual(normalised(decodeTerm(encoded[index] as Buffer)));
      // Maps may come in another order; everything else is byte for byte.
      if (!bytes.includes(116)) expect(bytes.equals(encoded[index] as Buffer)).toBe(true);
    });
  });

  itWithErlang('read what Erlang compresses', async () => {
    const printed = await runErlang(
      'io:format("~s", [base64:encode(term_to_binary(lists:duplicate(1000, <<"web">>), [compressed]))])',
    );
    const bytes = Buffer.from(printed, 'base64');
    expect(bytes[1]).toBe(80);
    const term = decodeTerm(bytes);
    expect(term.kind === 'list' && term.elements.length).toBe(1000);
  });
});

/** Map pairs sorted by the bytes of their keys, at every depth. */
function normalised(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object['kind'] === 'map') {
    const pairs = (object['entries'] as unknown[][]).map((pair) => pair.map(normalised));
    const text = (key: unknown): string => JSON.stringify(key, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
    return ['map', ...pairs.sort(([a], [b]) => (text(a) < text(b) ? -1 : 1))];
  }
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, normalised(member)]));
}
