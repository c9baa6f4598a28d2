import { expect, it } from 'vitest';
import { type AddressSet, addressSet } from '../../src/analysis/index.js';
import { finish } from '../../src/firewall/finish.js';
import { IdleBook } from '../../src/plan/idle-book.js';

it('what was found of a text is kept until one of its sets is another', () => {
  const book = new IdleBook();
  const line = '-A INPUT -m set --match-set a_zv4 src -j ACCEPT';
  const text = `*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`;
  const of = (set: AddressSet) =>
    finish(
      book.of({ text, sets: ['a_zv4'] }, 'v4', new Map([[5, line]]), function* () {
        return set;
      }),
    );
  const [none, some] = [addressSet('v4', []), addressSet('v4', ['10.0.0.1'])];
  const found = of(none);
  expect(found).toMatchObject([{ kind: 'never', lineNumber: 5, by: [] }]);
  expect(of(none)).toBe(found);
  expect(of(some)).toEqual([]);
});
