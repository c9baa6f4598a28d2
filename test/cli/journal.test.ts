import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalListCommand, journalVerifyCommand } from '../../src/cli/journal.js';
import { openWrittenJournal as openJournal } from '../support/written-journal.js';
import type { Journal } from '../../src/journal/journal.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

interface Printed {
  code: number;
  out: string;
  err: string;
}

async function run(command: (out: Sink, err: Sink) => Promise<number>): Promise<Printed> {
  const printed = { out: '', err: '' };
  const sink = (name: 'out' | 'err'): Sink => ({ write: (text) => (printed[name] += text) });
  return { code: await command(sink('out'), sink('err')), ...printed };
}
interface Sink {
  write(text: string): unknown;
}
function list(dir: string, json = false): Promise<Printed> {
  return run((out, err) => journalListCommand(dir, { json, now: 130_000 }, out, err));
}
function verify(dir: string): Promise<Printed> {
  return run((out, err) => journalVerifyCommand(dir, out, err));
}

async function filled(): Promise<{ dir: string; journal: Journal }> {
  const dir = temporaryDirectory();
  const journal = await openJournal({ dir });
  for (const [seq, target] of [
    [1, 'group/web'],
    [2, 'group/db'],
    [3, 'group/web'],
  ] as const) {
    const body = new Uint8Array(100 * seq);
    const publication = {
      exchange: 'iptables',
      routingKey: '*.*.x.*',
      body,
      contentType: 'text/json',
      persistent: true,
    };
    await journal.append({ seq, target, class: 'group', after: ['sets'], at: 10_000 * seq, publication });
  }
  return { dir, journal };
}

function segmentOf(dir: string): string {
  return join(dir, readdirSync(dir).find((name) => name.startsWith('journal-')) ?? '');
}

describe('dog-trainer journal', () => {
  it('lists what waits, also while a server has the journal', async () => {
    const { dir, journal } = await filled();
    expect(await list(dir)).toEqual({
      code: 0,
      out:
        'group/db\t200 bytes\t110 s old\tto iptables *.*.x.*\n' +
        'group/web\t300 bytes\t100 s old\tto iptables *.*.x.*\n2 messages wait\n',
      err: '',
    });
    const { out } = await list(dir, true);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)[0],
    ).toEqual({
      seq: 2,
      target: 'group/db',
      class: 'group',
      at: 20,
      exchange: 'iptables',
      routing_key: '*.*.x.*',
      bytes: 200,
    });
    expect(await verify(dir)).toMatchObject({ code: 0, err: '' });
    await journal.close();
  });

  it('verifies: sound, unfinished, damaged', async () => {
    const { dir, journal } = await filled();
    await journal.close();
    const name = 'journal-0000000001.log';
    expect(await verify(dir)).toEqual({ code: 0, out: `${name}: 3 sound records, 2 messages wait\nsound\n`, err: '' });
    appendFileSync(segmentOf(dir), 'dogR half a record');
    expect((await verify(dir)).out).toContain(`${name}: the last 18 bytes are not a whole record`);
    const bytes = readFileSync(segmentOf(dir));
    const second = bytes.indexOf('dogR', 40);
    bytes[second + 44 + 200] = 1; // in the body of group/db
    writeFileSync(segmentOf(dir), bytes);
    const { code, out } = await verify(dir);
    expect(code).toBe(3);
    expect(out).toContain(`${name}: damaged at byte ${second}: a record of group/db\n`);
    expect(out).toContain('group/db: a message may be lost; publish it anew\n');
    expect(out).toMatch(/not sound\n$/);
  });

  it('says what it can’t read', async () => {
    const dir = join(temporaryDirectory(), 'absent');
    for (const command of [list, verify]) {
      const { code, err } = await command(dir);
      expect(code).toBe(1);
      expect(err).toMatch(/^dog-trainer journal: .*absent can't be read: ENOENT/);
    }
    expect(await verify(temporaryDirectory())).toMatchObject({ code: 0, err: '' });
  });
});
