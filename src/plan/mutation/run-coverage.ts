import { Worker } from 'node:worker_threads';
import { setImmediate as pause } from 'node:timers/promises';
import type { Dialect } from '../../firewall/dialect.js';
import { POLICY_PARTS } from '../../firewall/policy/policy.js';
import type { Document, JsonObject, Table } from '../../model/document.js';
import type { CoverageProgress } from './coverage.js';
import type { CoverageNews, CoverageOrder } from './coverage-worker.js';

/** What a run works on. */
export interface CoverageRunInput {
  readonly list: (table: Table) => Promise<readonly Document[]>;
  readonly dialect: Dialect;
  readonly anyIsEveryone: boolean;
  /** Absent: all. */
  readonly group?: string;
}

/** A run that was begun. */
export interface CoverageRun {
  /** How far it has come, now and then. */
  onProgress(listener: (progress: CoverageProgress) => void): void;
  /** Rejects when it can't be worked out, or was stopped. */
  readonly result: Promise<CoverageOutcome>;
  /** Ends the thread; nothing is left of it. */
  stop(reason: string): void;
}

export type CoverageOutcome =
  { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly refused: string };

/** Documents that are handed to the thread at once: copying them must not hold up others for long. */
const PORTION = 250;
/** What the thread may take of memory. */
const HEAP_MB = 2048;

/** Begins a run in a thread of its own, which is up when this resolves. */
export async function startCoverage(input: CoverageRunInput): Promise<CoverageRun> {
  const worker = new Worker(new URL('./coverage-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const listeners: ((progress: CoverageProgress) => void)[] = [];
  let stopped: string | undefined;
  let isUp = (): void => undefined;
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });
  const result = new Promise<CoverageOutcome>((resolve, reject) => {
    worker.on('message', (news: CoverageNews) => {
      if ('ready' in news) isUp();
      else if ('progress' in news) for (const listener of listeners) listener(news.progress);
      else resolve('result' in news ? { ok: true, value: news.result } : { ok: false, refused: news.refused });
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(stopped ?? `the thread ended with code ${code}`));
    });
  });
  // Whoever waits for the thread to be up hears of it as well.
  result.catch(() => undefined);
  await Promise.race([up, result]);
  const hand = async (): Promise<void> => {
    const send = (order: CoverageOrder): void => {
      worker.postMessage(order);
    };
    for (const part of POLICY_PARTS) {
      const rows = await input.list(part);
      for (let at = 0; at < rows.length; at += PORTION) {
        send({ part, rows: rows.slice(at, at + PORTION) });
        await pause();
      }
    }
    const { dialect, anyIsEveryone, group } = input;
    const assertions = await input.list('assertion');
    send({ begin: { dialect, anyIsEveryone, assertions, ...(group === undefined ? {} : { group }) } });
  };
  const stop = (reason: string): void => {
    stopped ??= reason;
    void worker.terminate();
  };
  hand().catch((error: unknown) => {
    stop(error instanceof Error ? error.message : String(error));
  });
  return {
    onProgress: (listener) => void listeners.push(listener),
    result,
    stop,
  };
}
