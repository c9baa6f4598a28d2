import fc from 'fast-check';
import { atom, binary, charlist, float, integer, list, map, NIL, tuple, type Term } from '../../src/wire/term.js';

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.integer().map(integer),
  fc.bigInt().map(integer),
  fc.bigInt(-(2n ** 2200n), 2n ** 2200n).map(integer),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(float),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map(atom),
  fc.constantFrom('true', 'false', 'null', 'undefined', 'a'.repeat(255), 'é'.repeat(255)).map(atom),
  fc.uint8Array({ maxLength: 40 }).map(binary),
  fc.string({ unit: 'grapheme' }).map(binary),
  fc.uint8Array({ maxLength: 300 }).map(charlist),
  fc.constant(NIL),
  fc
    .record({ id: fc.nat(), serial: fc.nat(1000), creation: fc.nat() })
    .map((pid): Term => ({ kind: 'pid', node: 'agent@host', ...pid })),
);

/** Any term that our model can hold, canonical; maps with different keys. */
export const arbitraryTerm: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('term'), { maxLength: 6 }).map((elements) => list(elements)),
    fc.tuple(fc.array(tie('term'), { maxLength: 3 }), tie('term')).map(([elements, tail]) => list(elements, tail)),
    fc.array(tie('term'), { maxLength: 6 }).map((elements) => tuple(...elements)),
    fc
      .uniqueArray(fc.tuple(leaf, tie('term')), { maxLength: 6, selector: ([key]) => keyText(key) })
      .map((entries) => map(entries)),
  ),
})).term;

function keyText(key: Term): string {
  return JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) + zeroSign(key);
}

/** JSON has one zero, Erlang's floats have two. */
function zeroSign(key: Term): string {
  return key.kind === 'float' && Object.is(key.value, -0) ? '-' : '';
}
