import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { History } from './history.js';
import { toErlang } from './to-erlang.js';

const MODULE = fileURLToPath(new URL('./history.erl', import.meta.url));

/** No history takes longer, milliseconds: a judge that hangs is a failure, with the history that it hangs on. */
const LONGEST_MS = 60_000;

/** Real `erl`, one scheduler, with OTP's own supervisor. */
export interface ErlangJudge {
  /** What was seen of each history, in the order given. */
  judge(histories: readonly History[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function startErlangJudge(): ErlangJudge {
  const directory = mkdtempSync(join(tmpdir(), 'dog-test-'));
  const compiled = spawnSync('erlc', ['-o', directory, MODULE], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`history.erl does not compile: ${compiled.stdout}${compiled.stderr}`);
  const erl = spawn('erl', ['+S', '1:1', '-noshell', '-pa', directory, '-s', 'history', 'main'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: erl.stdout })[Symbol.asyncIterator]();
  return {
    async judge(histories) {
      const wrote = (async () => {
        for (const history of histories) if (!erl.stdin.write(`${toErlang(history)}\n`)) await once(erl.stdin, 'drain');
      })();
      const seen: string[] = [];
      while (seen.length < histories.length) {
        const line = await within(LONGEST_MS, lines.next(), () => JSON.stringify(histories[seen.length]));
        if (line.done === true) throw new Error(`erl ended after ${seen.length} of ${histories.length} histories`);
        seen.push(line.value);
      }
      await wrote;
      return seen;
    },
    async close() {
      const ended = once(erl, 'exit');
      erl.stdin.end();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function within<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`erl has no answer after ${ms} ms to ${what()}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
