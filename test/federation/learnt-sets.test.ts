import { describe, expect, it } from 'vitest';
import { freshness, STALE_INTERVALS } from '../../src/federation/freshness.js';
import {
  type LearntSets,
  overflowingNames,
  senderFault,
  shownNames,
  usableSets,
} from '../../src/federation/learnt-sets.js';
import { readLink } from '../../src/federation/link-settings.js';
import { isShrink, lossOf } from '../../src/federation/shrink.js';
import type { Document } from '../../src/model/document.js';
import { linkTo } from '../support/linked-servers.js';

const BOUNDS = { names_max: 4, addresses_max: 3 };

function sets(groups: Record<string, string[]>): LearntSets {
  return { v4: { groups, zones: {} }, v6: { groups: {}, zones: {} }, ec2: {} };
}

describe('a message of a linked server', () => {
  it('must name the link in its key and in its body', () => {
    expect(senderFault('q1', 'q1', 'q1')).toBeUndefined();
    expect(senderFault('q1', 'q2', 'q1')).toContain('routing key is "q2"');
    expect(senderFault('q1', 'q1', 'q2')).toContain('comes from "q2"');
  });

  it('brings only names that a set can have, and none that reach into another environment', () => {
    const found = usableSets(sets({ web: ['10.0.0.1/32'], 'q2#web': [], 'a b': [], '': [] }), BOUNDS);
    if ('refused' in found) throw new Error(found.refused);
    expect(Object.keys(found.sets.v4.groups)).toEqual(['web']);
    expect(found.leftOut.map(({ name }) => name)).toEqual(['q2#web', 'a b', '']);
    expect(shownNames(found.leftOut)[0]).toContain('"q2#web": a # stands only');
  });

  it('is refused over a bound', () => {
    const many = usableSets(sets({ a: [], b: [], c: [], d: [], e: [] }), BOUNDS);
    expect(many).toEqual({ refused: 'it has 5 groups and zones; at most 4 are taken (links.names_max)' });
    const full = usableSets(sets({ a: ['10.0.0.1', '10.0.0.2'], b: ['10.0.0.1', '10.0.0.3'] }), BOUNDS);
    expect(full).toEqual({ refused: 'it has 4 addresses; at most 3 are taken (links.addresses_max)' });
  });

  it('may bring longer names where they are not kept apart by a prefix', () => {
    const long = sets({ ['n'.repeat(24)]: [], ['n'.repeat(23)]: [] });
    expect(overflowingNames(long, 'q1', 'union')).toEqual([]);
    expect(overflowingNames(long, 'q1', 'prefix').map(({ name }) => name.length)).toEqual([24]);
  });
});

describe('the shrink guard', () => {
  const external = { id: 'x', ...sets({ web: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] }) };
  const left = (count: number): LearntSets => sets({ web: external.v4.groups['web']?.slice(0, count) ?? [] });

  it('lets 30 % go, and holds what takes more or all', () => {
    expect(isShrink(lossOf(external, left(7)), 30)).toBe(false);
    expect(isShrink(lossOf(external, left(6)), 30)).toBe(true);
    expect(isShrink(lossOf(external, sets({})), 99)).toBe(true);
    expect(isShrink(lossOf(external, sets({})), 100)).toBe(false);
  });

  it('counts the same whether lists are in order or not, with repeats once', () => {
    const random = (): number => Math.floor(Math.random() * 30);
    for (let run = 0; run < 300; run += 1) {
      const [before, after] = [0, 1].map(() => Array.from({ length: random() }, () => `10.0.0.${random()}/32`));
      const [first = [], second = []] = [before, after];
      const distinct = new Set(first);
      const wanted = { had: distinct.size, lost: [...distinct].filter((address) => !second.includes(address)).length };
      const sorted = (list: readonly string[]): string[] => [...new Set(list)].sort();
      for (const [was, is] of [
        [first, second],
        [sorted(first), sorted(second)],
        [sorted(first), second],
      ] as const)
        expect(lossOf({ id: 'x', ...sets({ web: [...was] }) }, sets({ web: [...is] }))).toEqual(wanted);
    }
  });

  it('counts an address in every set that has it, and holds nothing where nothing is in service', () => {
    const both = { id: 'x', ...sets({ web: ['1'], db: ['1'] }) };
    expect(lossOf(both, sets({ web: ['1'] }))).toEqual({ had: 2, lost: 1 });
    expect(isShrink(lossOf(undefined, sets({})), 30)).toBe(false);
    expect(lossOf({ id: 'x', v4: 'broken' }, sets({}))).toEqual({ had: 0, lost: 0 });
    expect(lossOf({ id: 'x', ...sets({ constructor: ['1'] }) }, sets({}))).toEqual({ had: 1, lost: 1 });
  });
});

it('a link is stale after its silence, three intervals by default, and expired only where that is set', () => {
  expect(STALE_INTERVALS).toBe(3);
  const link = { heard: true, staleMs: 15, maxStaleMs: undefined };
  expect(freshness({ ...link, silentMs: 14 })).toBe('fresh');
  expect(freshness({ ...link, heard: false, silentMs: 14 })).toBe('waiting');
  expect(freshness({ ...link, silentMs: 15 })).toBe('stale');
  expect(freshness({ ...link, silentMs: 1e9 })).toBe('stale');
  expect(freshness({ ...link, silentMs: 20, maxStaleMs: 20 })).toBe('expired');
  // Never in less time than it takes to be stale.
  expect(freshness({ ...link, silentMs: 10, maxStaleMs: 1 })).toBe('fresh');
});

describe('the row of a link', () => {
  const row: Document = { ...linkTo('q1', 5673), id: 'l' };
  const connection = row.connection as Record<string, unknown>;

  it('says what it does', () => {
    expect(readLink(row)).toMatchObject({ receives: true, sends: true, handling: 'union' });
    expect(readLink({ ...row, direction: 'inbound' })).toMatchObject({ receives: true, sends: false });
    expect(readLink({ ...row, direction: 'outbound' })).toMatchObject({ receives: false, sends: true });
    expect(readLink({ ...row, enabled: false })).toMatchObject({ receives: false, sends: false });
    expect(readLink({ ...row, max_stale_seconds: 60, stale_seconds: 0 })).toMatchObject({ maxStaleMs: 60_000 });
  });

  it.each([
    [{ name: '#' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ direction: 'sideways' }, 'direction'],
  ])('%j does nothing', (change, field) => {
    const link = readLink({ ...row, ...change });
    expect([link.receives, link.sends]).toEqual([false, false]);
    expect(link.fault).toContain(field);
  });

  it.each([
    [{ host: 'a/b' }, 'connection.host'],
    [{ host: 'user@host' }, 'connection.host'],
    [{ port: 0 }, 'connection.port'],
    [{ port: '5673' }, 'connection.port'],
    [{ password: null }, 'connection.password'],
    [{ tls: true, ssl_options: { verify: 'maybe' } }, 'connection.ssl_options.verify'],
    [{ tls: true, ssl_options: [] }, 'connection.ssl_options'],
    [{ tls: true, ssl_options: { verify: 'verify_peer', server_name_indication: '' } }, 'server_name_indication'],
  ])('connection with %j cannot be worked by, and its fault has no secret', (change, field) => {
    const { far, farFault } = readLink({ ...row, connection: { ...connection, ...change } });
    expect(far).toBeUndefined();
    expect(farFault).toContain(field);
    expect(farFault).not.toContain('secret');
  });

  it('has TLS unless it says otherwise, with its host as the name to check unless it says otherwise', () => {
    const { tls: _, ...withTls } = connection;
    const { server_name_indication: __, ...unnamed } = withTls['ssl_options'] as Record<string, unknown>;
    const named = readLink({ ...row, connection: { ...withTls, ssl_options: unnamed } as never }).far;
    expect(named?.ssl.server_name_indication).toBe('127.0.0.1');
    const far = readLink({ ...row, connection: withTls as never }).far;
    expect(far).toMatchObject({ tls: true, ssl: { cacertfile: 'none', verify: 'verify_peer' } });
    expect(far?.ssl).not.toHaveProperty('server_name_indication');
  });
});
