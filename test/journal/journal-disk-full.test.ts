import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JournalRecord } from '../../src/broker/outbox-contract.js';
import { openWrittenJournal as openJournal } from '../support/written-journal.js';
import { mountTmpfs, noTmpfs } from '../support/tmpfs.js';

if (noTmpfs !== undefined) process.stdout.write(`the journal on a full disk skipped: ${noTmpfs}\n`);

function record(seq: number, target: string, bytes: number): JournalRecord {
  return {
    seq,
    target,
    class: 'group',
    after: [],
    at: Date.now(),
    publication: {
      exchange: 'iptables',
      routingKey: 'k',
      body: new Uint8Array(bytes).fill(seq % 251),
      contentType: 'text/json',
      persistent: true,
    },
  };
}

it.skipIf(noTmpfs !== undefined)('a full disk refuses, and what was accepted before and after is there', async () => {
  const dir = mountTmpfs(8);
  const first = await openJournal({ dir });
  await first.append(record(1, 'before', 50_000));
  const { bavail, bsize } = statfsSync(dir);
  writeFileSync(join(dir, 'ballast'), Buffer.alloc(bavail * bsize - 300_000));
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, async (_, i) => {
      // One after another would fill it as well; together some batches hold both sound and refused ones.
      await first.append(record(2 + i, `during/${i}`, 100_000));
    }),
  );
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'write' });
  }
  await expect(first.append(record(20, 'during/x', 1_000_000))).rejects.toThrow(/no space left/i);
  rmSync(join(dir, 'ballast'));
  await first.append(record(21, 'after', 200_000));
  await first.append(record(22, 'before', 60_000));
  await first.close();

  const second = await openJournal({ dir });
  await second.close();
  const accepted = results.flatMap((result, i) => (result.status === 'fulfilled' ? [2 + i] : []));
  expect(second.recovered.map(({ seq }) => seq)).toEqual([...accepted, 21, 22]);
  for (const { seq, publication } of second.recovered) {
    expect(publication.body.every((byte) => byte === seq % 251)).toBe(true);
  }
  expect(second.report).toMatchObject({ tornBytes: 0, damagedPlaces: 0 });
});
