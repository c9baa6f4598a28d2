import { expect, it } from 'vitest';
import { ConvergenceBook } from '../../../src/actors/hosts/convergence-book.js';
import { RolloutBook } from '../../../src/actors/rollouts/rollout-book.js';
import type { Hashes } from '../../../src/host/hash-check.js';
import type { Document } from '../../../src/model/document.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { makeRollout } from '../../rollout/make-rollout.js';
import { smallStore, smallWorld } from '../../support/actors/small-world.js';

const START = Date.UTC(2026, 0, 1);
const NOW = START / 1000;

function rules(word: string): Omit<Hashes, 'ipset_hash'> {
  return {
    hash4_ipsets: `4-${word}`,
    hash6_ipsets: `6-${word}`,
    hash4_iptables: `u4-${word}`,
    hash6_iptables: `u6-${word}`,
  };
}
function reports(word: string, ipset_hash = 'sets-old'): Hashes {
  return { ...rules(word), ipset_hash };
}
function host(name: string, more: Partial<Document> = {}): Document {
  return { id: name, name, hostkey: name, group: 'web', active: 'active', hashpass: true, ...reports('old'), ...more };
}

/** Groups `web` (hosts `a`, `b`) and `db` (host `c`); more hosts of `web` as they are given. */
function bookOf(more: readonly Document[] = [], { checkV6 = true } = {}) {
  const system = virtualSystem(START);
  const { clock } = system;
  const world = smallWorld({
    group: [
      { id: 'g1', name: 'web' },
      { id: 'g2', name: 'db' },
    ],
    host: [host('a'), host('b'), host('c', { group: 'db' }), ...more],
  });
  const rollouts = new RolloutBook();
  const book = new ConvergenceBook({ clock, config: { check_v6_hashes: checkV6 }, world, rollouts });
  return { book, store: smallStore(world), rollouts, pass: (ms: number) => system.advance(ms) };
}

it('takes from the confirm until the last host reports the hashes', async () => {
  const { book, pass } = bookOf();
  book.rulesOut('g1', rules('new'));
  expect(book.open()).toEqual([{ what: 'ruleset', group: 'web', since: NOW, hosts: 2, converged: 0 }]);
  await pass(2000);
  book.reported('a', 'web', reports('new'));
  expect(book.open()).toMatchObject([{ hosts: 2, converged: 1 }]);
  await pass(1500);
  book.reported('b', 'web', reports('new'));
  expect(book.open()).toEqual([]);
  expect(book.done()).toEqual([{ at: NOW + 3, what: 'ruleset', group: 'web', hosts: 2, seconds: 3.5 }]);
});

it('does not take a report for convergence that has other hashes, or is of another group', () => {
  const { book } = bookOf();
  book.rulesOut('g1', rules('new'));
  book.reported('a', 'web', reports('old'));
  book.reported('a', 'web', { ...reports('new'), hash6_iptables: 'u6-old' });
  book.reported('c', 'db', reports('new'));
  book.reported('b', 'nowhere', reports('new'));
  expect(book.open()).toMatchObject([{ hosts: 2, converged: 0 }]);
});

it('does not look at hashes of v6 where they are not checked', () => {
  const { book } = bookOf([], { checkV6: false });
  book.rulesOut('g1', rules('new'));
  for (const key of ['a', 'b']) book.reported(key, 'web', { ...reports('new'), hash6_iptables: 'u6-old' });
  expect(book.done()).toMatchObject([{ hosts: 2 }]);
});

it('waits for the sets of all hosts, or of one group, by their newest hash', () => {
  const { book } = bookOf();
  book.setsOut('sets-new');
  book.setsOut('sets-of-db', 'g2');
  expect(book.open().map(({ what, group, hosts }) => [what, group, hosts])).toEqual([
    ['sets', null, 3],
    ['sets', 'db', 1],
  ]);
  for (const key of ['a', 'b', 'c']) book.reported(key, key === 'c' ? 'db' : 'web', reports('old', 'sets-new'));
  book.reported('c', 'db', reports('old', 'sets-of-db'));
  expect(book.done().map(({ what, group, hosts }) => [what, group, hosts])).toEqual([
    ['sets', null, 3],
    ['sets', 'db', 1],
  ]);
});

it('counts hosts that had it already, and says nothing of what all of them had', () => {
  const { book } = bookOf([host('d', { ...reports('new') })]);
  book.rulesOut('g1', rules('new'));
  expect(book.open()).toMatchObject([{ hosts: 3, converged: 1 }]);
  book.rulesOut('g1', rules('old'));
  expect(book.open()).toMatchObject([{ hosts: 3, converged: 2 }]);
  book.rulesOut('g2', rules('old'));
  expect(book.open()).toHaveLength(1);
});

it('does not wait for hosts that are silent, show no rules, or are ahead in a rollout', () => {
  const { book, rollouts } = bookOf([
    host('silent', { active: 'inactive' }),
    host('gone', { active: 'retired' }),
    host('old agent', { unverified: true }),
    host('ahead'),
  ]);
  rollouts.set(
    makeRollout({ groupId: 'g1', state: 'rolling', steps: [{ hosts: ['ahead'], confirmedAt: 1, doneAt: null }] }),
  );
  book.rulesOut('g1', rules('new'));
  expect(book.open()).toMatchObject([{ hosts: 2 }]);
});

it('lets go of hosts that fall silent, move or are removed, and is over when the rest has it', async () => {
  const { book, store, pass } = bookOf([host('moves'), host('goes')]);
  book.rulesOut('g1', rules('new'));
  await pass(900);
  book.reported('a', 'web', reports('new'));
  store.put('host', host('b', { active: 'inactive' }));
  store.put('host', host('moves', { group: 'db' }));
  store.remove('host', 'goes');
  // They are not looked at with every report.
  expect(book.open()).toMatchObject([{ hosts: 4, converged: 1 }]);
  await pass(10_000);
  expect(book.open()).toEqual([]);
  expect(book.done()).toMatchObject([{ hosts: 1, seconds: 0.9 }]);
});

it('sees hosts whose report was there before the confirm was known', async () => {
  const { book, store, pass } = bookOf();
  book.rulesOut('g1', rules('new'));
  for (const key of ['a', 'b']) store.put('host', host(key, { ...reports('new') }));
  await pass(10_000);
  expect([book.open(), book.done().length]).toEqual([[], 1]);
});

it('forgets what nobody has to show any more', async () => {
  const { book, store, pass } = bookOf();
  book.rulesOut('g1', rules('new'));
  store.remove('host', 'a');
  store.remove('host', 'b');
  await pass(10_000);
  expect([book.open(), book.done()]).toEqual([[], []]);
});

it('keeps the newest 500', () => {
  const { book } = bookOf();
  for (let put = 1; put <= 501; put += 1) {
    book.rulesOut('g2', rules(String(put)));
    book.reported('c', 'db', reports(String(put)));
  }
  expect(book.done()).toHaveLength(500);
});
