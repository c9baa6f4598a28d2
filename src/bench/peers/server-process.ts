import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Jiffies of `/proc/PID/stat` per second: USER_HZ is 100 on every architecture of Linux that Node has (proc(5)). */
const USER_HZ = 100;

/** A dog-trainer in a process of its own, looked at from outside. */
export interface ServerProcess {
  /** `http://127.0.0.1:PORT`, of the API. */
  readonly api: string;
  /** `http://127.0.0.1:PORT`, of metrics, `/readyz`, `/livez`. */
  readonly metrics: string;
  readonly pid: number;
  /** From spawning it to its line "listening", in milliseconds. */
  readonly startedInMs: number;
  /** Processor time so far, all threads, user and system, in milliseconds; exact to 10 ms. */
  cpuMs(): number;
  /** The same of the threads that it has now, exact to the nanosecond: for a server at rest, where 10 ms are much. */
  threadsCpuMs(): number;
  /** What it holds of the machine's memory now, in MB of 1,000,000 bytes. */
  rssMb(): number;
  /** The most that it ever held, in MB. */
  peakRssMb(): number;
  /** SIGTERM, and waits for its end. Rejects where it does not end with 0. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface ServerProcessOptions {
  /** Of the build: `stage.dist`. */
  readonly dist: string;
  /** Of the data; kept when it ends. */
  readonly data: string;
  /** `key=value` over the defaults; ports are free ones. Its log stays at info: a line of it says that it listens. */
  readonly set?: readonly string[];
  readonly nodeOptions?: readonly string[];
}

/** Starts one and waits until it listens. Rejects with what it printed where it ends before. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { dist, data, set = [], nodeOptions = [] } = options;
  const sets = ['api.port=0', 'metrics.port=0', ...set].flatMap((pair) => ['--set', pair]);
  const began = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, `${dist}main.js`, 'start', '--data', data, ...sets], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => {
      process.removeListener('exit', end);
      resolve(code ?? signal ?? 'unknown');
    }),
  );
  const lines = createInterface({ input: child.stdout });
  const listening = await new Promise<{ api: string; metrics: string }>((resolve, reject) => {
    const last: string[] = [];
    lines.on('line', (line) => {
      if (last.push(line) > 20) last.shift();
      if (line.includes('"msg":"listening"')) resolve(JSON.parse(line) as { api: string; metrics: string });
    });
    void ended.then((how) => reject(new Error(`the server ended (${how}) before it listened:\n${last.join('\n')}`)));
  });
  const pid = child.pid as number;
  const status = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) /
    1e6;
  return {
    ...listening,
    pid,
    startedInMs: performance.now() - began,
    cpuMs() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) / USER_HZ) * 1000;
    },
    threadsCpuMs() {
      const threads = readdirSync(`/proc/${pid}/task`);
      // Its first number: nanoseconds on a processor (Documentation/scheduler/sched-stats.rst of Linux).
      const spent = threads.map((id) =>
        Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
      );
      return spent.reduce((sum, one) => sum + one, 0) / 1e6;
    },
    rssMb: () => status('VmRSS'),
    peakRssMb: () => status('VmHWM'),
    async stop() {
      child.kill('SIGTERM');
      const how = await ended;
      if (how !== 0) throw new Error(`the server ended with ${how}`);
    },
    async kill() {
      end();
      await ended;
    },
  };
}
