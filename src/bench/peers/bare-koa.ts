import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Milliseconds of a jiffy in `/proc/PID/stat`: 100 of them are a second on every architecture of Linux that Node has (proc(5)). */
const JIFFY_MS = 10;

/** Koa and its router that send the same bytes, in a process of its own. */
export interface BareKoa {
  /** What is asked for: `http://127.0.0.1:PORT/thing/7`. */
  readonly base: string;
  readonly path: string;
  /** Processor time so far, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Starts one that sends `body`, and waits until it listens. */
export async function startBareKoa(body: Buffer): Promise<BareKoa> {
  const program = fileURLToPath(new URL('./bare-koa-program.js', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  child.stdin.end(body);
  const port = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => Number(line)),
    ended.then(() => {
      throw new Error('bare Koa ended before it listened');
    }),
  ]);
  return {
    base: `http://127.0.0.1:${port}`,
    path: '/thing/7',
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * JIFFY_MS;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
