import { counted } from '../model/counted.js';
import { escapeHidden } from '../model/hidden-characters.js';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { NOT_WELL } from './exit-codes.js';
import type { TextSink } from './decode.js';
import { recover } from '../journal/recover.js';
import type { Recovery } from '../journal/recover.js';
import { listSegments } from '../journal/segment-files.js';

/**
 * `dog-trainer journal list`: the messages that wait in the journal of `dir`, oldest first; with `json`, one JSON object
 * per line. Reads only, also while a server runs. Returns the exit code: 0, or 1 with the reason on `err`.
 * @param now epoch milliseconds
 */
export async function journalListCommand(
  dir: string,
  options: { readonly json?: boolean; readonly now?: number },
  out: TextSink,
  err: TextSink,
): Promise<number> {
  const found = await newestSegment(dir, err);
  if (found === undefined) return 1;
  const now = options.now ?? Date.now();
  for (const { seq, target, class: kind, at, publication } of found.recovery?.live ?? []) {
    const { exchange, routingKey, body } = publication;
    const bytes = body.byteLength;
    if (options.json === true) {
      const line = { seq, target, class: kind, at: Math.floor(at / 1000), exchange, routing_key: routingKey, bytes };
      out.write(`${JSON.stringify(line)}\n`);
    } else {
      const age = Math.max(0, Math.round((now - at) / 1000));
      out.write(`${escapeHidden(target)}\t${bytes} bytes\t${age} s old\tto ${exchange} ${escapeHidden(routingKey)}\n`);
    }
  }
  if (options.json !== true) out.write(`${waiting(found.recovery?.live.length ?? 0)}\n`);
  return 0;
}

/**
 * `dog-trainer journal verify`: reads every byte of the journal of `dir` and says what is sound. Reads only, also while
 * a server runs (whose last record may then look unfinished). Returns the exit code: 0 when all is sound, 3 when
 * something is damaged or unfinished, 1 when it can't be read.
 */
export async function journalVerifyCommand(dir: string, out: TextSink, err: TextSink): Promise<number> {
  const found = await newestSegment(dir, err);
  if (found === undefined) return 1;
  if (found.recovery === undefined) {
    out.write(`${dir}: no segment; nothing was ever written\n`);
    return 0;
  }
  const { name, recovery } = found;
  out.write(`${name}: ${counted(recovery.records, 'sound record')}, ${waiting(recovery.live.length)}\n`);
  for (const { offset, target } of recovery.damage) {
    const whose = target === undefined ? 'of an unknown target' : `of ${target}`;
    out.write(`${name}: damaged at byte ${offset}: a record ${whose}\n`);
  }
  if (recovery.tornBytes > 0) {
    out.write(
      `${name}: the last ${counted(recovery.tornBytes, 'byte')} ${recovery.tornBytes === 1 ? 'is' : 'are'} not a whole record (cut off at the next start)\n`,
    );
  }
  for (const target of recovery.doubtful)
    out.write(`${escapeHidden(target)}: a message may be lost; publish it anew\n`);
  if (recovery.unnamedLoss) out.write('a message may be lost whose target nothing tells: publish everything anew\n');
  const sound = recovery.damage.length === 0 && recovery.tornBytes === 0;
  out.write(sound ? 'sound\n' : 'not sound\n');
  return sound ? 0 : NOT_WELL;
}

/** The segment that a server would read; without `recovery` when there is none. */
async function newestSegment(
  dir: string,
  err: TextSink,
): Promise<{ readonly name: string; readonly recovery?: Recovery } | undefined> {
  try {
    if (!(await stat(dir)).isDirectory()) throw new Error('it is not a directory');
    const newest = (await listSegments(dir)).at(-1);
    if (newest === undefined) return { name: dir };
    return { name: basename(newest.path), recovery: await recover(newest.path) };
  } catch (error) {
    err.write(`dog-trainer journal: ${dir} can't be read: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function waiting(messages: number): string {
  return messages === 1 ? '1 message waits' : `${messages} messages wait`;
}
