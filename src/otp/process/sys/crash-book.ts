import type { CrashReport } from '../report.js';

const NEWEST = 100;
const PATHS = 1000;

/**
 * The last crashes, kept for who asks later: the newest 100, and the last one of each of the 1000 actors that crashed
 * most lately. An actor is known by its path, which outlives its processes.
 */
export class CrashBook {
  /** Oldest first. */
  readonly #newest: CrashReport[] = [];
  readonly #byPath = new Map<string, CrashReport>();
  #total = 0;

  /** Crashes since the start, also those that are not kept any more. */
  get total(): number {
    return this.#total;
  }

  add(report: CrashReport): void {
    this.#total++;
    this.#newest.push(report);
    if (this.#newest.length > NEWEST) this.#newest.shift();
    const { path } = report.detail;
    this.#byPath.delete(path);
    this.#byPath.set(path, report);
    if (this.#byPath.size > PATHS) this.#byPath.delete(this.#byPath.keys().next().value as string);
  }

  /** Newest first, at most 100. */
  newest(limit = Infinity): readonly CrashReport[] {
    return this.#newest.toReversed().slice(0, Math.max(0, limit));
  }

  /** The last crash of the actor at `path`, labels from the root supervisor down, joined by `/`. */
  lastOf(path: string): CrashReport | undefined {
    return this.#byPath.get(path);
  }
}
