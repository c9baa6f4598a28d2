import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import type { JournalRecord } from '../../../src/broker/outbox-contract.js';
import { RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from '../../../src/journal/journal-format.js';
import { openWrittenJournal as openJournal } from '../../support/written-journal.js';
import { recover } from '../../../src/journal/recover.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const RECORDS = 20;
function bodyOf(seq: number): Buffer {
  return Buffer.from(`message ${seq} ${'x'.repeat(100)}`);
}

/** A segment with `RECORDS` messages, as the journal writes it; each damage is done to a copy. */
async function segment(): Promise<{ readonly path: string; readonly bytes: Buffer }> {
  const dir = temporaryDirectory();
  const journal = await openJournal({ dir });
  for (let seq = 1; seq <= RECORDS; seq++) {
    const publication = {
      exchange: 'x',
      routingKey: 'k',
      body: bodyOf(seq),
      contentType: 'text/json',
      persistent: true,
    };
    await journal.append({ seq, target: `group/${seq}`, class: 'group', after: [], at: 1, publication });
  }
  await journal.close();
  const path = join(dir, readdirSync(dir).find((name) => /^journal-\d+\.log$/.test(name)) ?? '');
  return { path, bytes: readFileSync(path) };
}

/** Where each record's body begins, and the record itself. Lengths and checksums stand as journal-format.ts says. */
function* bodies(
  bytes: Buffer,
): Generator<{ readonly record: number; readonly body: number; readonly length: number }> {
  for (let record = SEGMENT_HEADER_BYTES; record < bytes.length;) {
    const meta = bytes.readUInt32BE(record + 24);
    const length = bytes.readUInt32BE(record + 28);
    const body = record + RECORD_HEADER_BYTES + meta;
    if (length > 0) yield { record, body, length };
    record = body + length;
  }
}

/** Makes the checksums say whatever the bytes are: a journal that has none. */
function withoutChecksums(bytes: Buffer): void {
  for (const { record, body, length } of bodies(bytes)) {
    bytes.writeUInt32BE(crc32(bytes.subarray(body, body + length)), record + 36);
    bytes.writeUInt32BE(crc32(bytes.subarray(record, record + 40)), record + 40);
  }
}

/** Flips a byte in the body of every message in turn; counts the altered messages that would be sent. */
async function alteredAndSent(spoil: (bytes: Buffer) => void): Promise<number> {
  const { path, bytes } = await segment();
  const isAltered = ({ seq, publication }: JournalRecord): boolean => !bodyOf(seq).equals(publication.body);
  let sent = 0;
  for (const { body } of bodies(bytes)) {
    const copy = Buffer.from(bytes);
    copy[body + 3] = (copy[body + 3] ?? 0) ^ 4;
    spoil(copy);
    writeFileSync(path, copy);
    sent += (await recover(path)).live.filter(isAltered).length;
  }
  return sent;
}

it('trial 3 without checksums: altered messages would be sent', async () => {
  expect(await alteredAndSent(() => undefined)).toBe(0);
  const sent = await alteredAndSent(withoutChecksums);
  expect(sent).toBe(RECORDS);
  process.stdout.write(
    `protection off, trial 3: without checksums ${sent} of ${RECORDS} flipped bytes would be sent\n`,
  );
});
