import { describe, expect, it } from 'vitest';
import { NO_SETS, restoreSets, saveSets, type SetTable } from '../../../src/sim/kernel/set-table.js';

const NOTHING: ReadonlySet<string> = new Set();
const CREATE = 'create web_gv4 hash:net family inet -exist\n';

function loaded(text: string, before: SetTable = NO_SETS, inUse = NOTHING): SetTable {
  const { table, error } = restoreSets(before, text, inUse);
  expect(error).toBeUndefined();
  return table;
}

function entries(table: SetTable, name: string): string[] {
  return [...(table.get(name)?.entries ?? [])];
}

describe('restoreSets', () => {
  it('runs what the server sends, twice', () => {
    const text = `${CREATE}create web_gv4n hash:net family inet -exist\nadd web_gv4n 10.1.1.51/32\nswap web_gv4n web_gv4\n\nflush web_gv4n\n\ndestroy web_gv4n\n`;
    const once = loaded(text);
    expect([...once.keys()]).toEqual(['web_gv4']);
    expect(entries(once, 'web_gv4')).toEqual(['10.1.1.51']);
    expect(loaded(text, once, new Set(['web_gv4']))).toEqual(once);
    expect(saveSets(once)).toMatch(/^create web_gv4 hash:net family inet .*\nadd web_gv4 10\.1\.1\.51\n$/);
  });

  it('leaves the table before as it was', () => {
    const before = loaded(`${CREATE}add web_gv4 10.0.0.1\n`);
    const after = loaded('add web_gv4 10.0.0.2\n', before);
    expect(entries(before, 'web_gv4')).toEqual(['10.0.0.1']);
    expect(entries(after, 'web_gv4')).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it.each([
    ['an unknown set', 'add nope 10.0.0.1', 'The set with the given name does not exist'],
    ['a swap with nothing', `${CREATE}swap web_gv4 nope`, 'does not exist'],
    ['a name of 32 bytes', `create ${'n'.repeat(32)} hash:net`, 'longer than 31 characters'],
    ['prefix 0', `${CREATE}add web_gv4 0.0.0.0/0`, 'cannot parse 0.0.0.0/0'],
    ['the wrong family', `${CREATE}add web_gv4 ::1`, 'cannot parse ::1'],
    ['another family for a set', `${CREATE}create web_gv4 hash:net family inet6 -exist`, 'already exists'],
    ['another size for a set', `${CREATE}create web_gv4 hash:net family inet maxelem 9 -exist`, 'already exists'],
    ['another type', 'create web_gv4 hash:ip', 'Unknown set type'],
    ['swapping families', `${CREATE}create six hash:net family inet6\nswap six web_gv4`, 'type does not match'],
    ['an unknown command', 'explode web_gv4', 'Unknown command'],
    ['no name', 'create', 'Missing mandatory argument'],
  ])('refuses %s, with the line', (_, text, error) => {
    const result = restoreSets(NO_SETS, text, NOTHING);
    expect(result.error).toContain(error);
    expect(result.error).toContain(`line ${text.split('\n').length}:`);
  });

  it('takes names of 31 bytes', () => {
    expect(loaded(`create ${'n'.repeat(31)} hash:net`).size).toBe(1);
  });

  it('stops at the first error and keeps what came before', () => {
    const { table, error } = restoreSets(
      NO_SETS,
      `${CREATE}add web_gv4 10.0.0.1\nadd web_gv4 bad\nadd web_gv4 10.0.0.2`,
      NOTHING,
    );
    expect(error).toContain('line 3');
    expect(entries(table, 'web_gv4')).toEqual(['10.0.0.1']);
  });

  it('holds 65,536 entries and no more', () => {
    const add = (count: number): string =>
      Array.from({ length: count }, (_, i) => `add web_gv4 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`).join('\n');
    const full = loaded(CREATE + add(65_536));
    expect(full.get('web_gv4')?.entries.size).toBe(65_536);
    expect(restoreSets(full, 'add web_gv4 10.0.0.7', NOTHING).error).toBeUndefined();
    expect(restoreSets(full, 'add web_gv4 11.0.0.1', NOTHING).error).toContain('Hash is full');
  });

  it('destroys no set that is in use', () => {
    const table = loaded(CREATE);
    expect(restoreSets(table, 'destroy web_gv4', new Set(['web_gv4'])).error).toContain('in use');
    expect(loaded('destroy web_gv4', table).size).toBe(0);
  });
});
