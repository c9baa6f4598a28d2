import { createHash } from 'node:crypto';
import { type DiffLine, diffLines } from './line-diff.js';

/** Lines shown around a change. */
const CONTEXT = 3;

/** What `git diff` prints for two versions of a file; empty when they are equal. `names`: paths without blanks. */
export function gitDiff(before: string, after: string, names: readonly [string, string]): string {
  if (before === after) return '';
  const lines = diffLines(linesOf(before), linesOf(after));
  const [from, to] = names;
  const head = `diff --git a/${from} b/${to}\nindex ${blobId(before)}..${blobId(after)} 100644\n--- a/${from}\n+++ b/${to}\n`;
  return head + hunks(lines).map(printHunk).join('');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The short id that git gives a file of this content. */
function blobId(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex').slice(0, 7);
}

interface Hunk {
  readonly before: number;
  readonly after: number;
  readonly lines: readonly DiffLine[];
}

/** Changes with their context; those whose contexts touch are one hunk. */
function hunks(lines: readonly DiffLine[]): readonly Hunk[] {
  const changed = lines.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]));
  const ranges: [number, number][] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last && index - CONTEXT <= last[1]) last[1] = index + CONTEXT + 1;
    else ranges.push([Math.max(0, index - CONTEXT), index + CONTEXT + 1]);
  }
  let [at, before, after] = [0, 0, 0];
  return ranges.map(([start, end]) => {
    for (; at < start; at += 1) {
      if (lines[at]?.mark !== '+') before += 1;
      if (lines[at]?.mark !== '-') after += 1;
    }
    return { before, after, lines: lines.slice(start, end) };
  });
}

function printHunk({ before, after, lines }: Hunk): string {
  const removed = lines.filter(({ mark }) => mark !== '+').length;
  const added = lines.filter(({ mark }) => mark !== '-').length;
  const head = `@@ -${range(before, removed)} +${range(after, added)} @@\n`;
  return head + lines.map(({ mark, text }) => `${mark}${text}\n`).join('');
}

function range(start: number, count: number): string {
  const first = count === 0 ? start : start + 1;
  return count === 1 ? String(first) : `${first},${count}`;
}
