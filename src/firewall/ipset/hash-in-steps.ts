import { createHash } from 'node:crypto';
import { WIDTH } from '../addresses/family.js';
import { compareBytes, sortByBytes } from '../hash/byte-order.js';
import type { SetContent } from '../printer.js';

/** Addresses sorted, or hashed, between two pauses: about a millisecond. */
const A_STEP = 4096;

/** Joins two sorted lists; pauses. */
function* joined(a: readonly string[], b: readonly string[]): Generator<void, string[]> {
  const all: string[] = [];
  let at = 0;
  for (const text of b) {
    for (; at < a.length && compareBytes(a[at] as string, text) <= 0; at += 1) all.push(a[at] as string);
    all.push(text);
    if (all.length % A_STEP === 0) yield;
  }
  for (; at < a.length; at += 1) all.push(a[at] as string);
  return all;
}

function* sorted(texts: readonly string[]): Generator<void, readonly string[]> {
  let parts: string[][] = [];
  for (let at = 0; at < texts.length; at += A_STEP) {
    parts.push(sortByBytes(texts.slice(at, at + A_STEP)));
    yield;
  }
  while (parts.length > 1) {
    const next: string[][] = [];
    for (let at = 0; at < parts.length; at += 2) {
      const [one, other] = [parts[at] as string[], parts[at + 1]];
      next.push(other === undefined ? one : yield* joined(one, other));
      yield;
    }
    parts = next;
  }
  return parts[0] ?? [];
}

/** The hash that `assembleSets` gives, worked out with pauses from what sets hold. */
export function* setsHashInSteps(sets: readonly SetContent[]): Generator<void, string> {
  const hash = createHash('sha256');
  let first = true;
  for (const { name, family, addresses } of [...sets].sort((a, b) => compareBytes(a.name, b.name))) {
    const host = `/${WIDTH[family]}`;
    const saved = addresses.map((text) => (text.endsWith(host) ? text.slice(0, -host.length) : text));
    yield;
    const lines = yield* sorted(saved);
    for (let at = 0; at < lines.length; at += A_STEP) {
      const start = `add ${name} `;
      const text = start + lines.slice(at, at + A_STEP).join(`\n${start}`);
      hash.update(`${first ? '' : '\n'}${text.replaceAll('/32', '').replaceAll('/128', '')}`, 'utf8');
      first = false;
      yield;
    }
  }
  return hash.digest('hex');
}
