/**
 * A small server under the real application runner, driven by application.test.ts: one scenario an invocation. Prints a
 * JSON line for each thing that happens; dies of nothing but its own end.
 */
import { stat } from 'node:fs';
import {
  cast,
  createActorSystem,
  formatReason,
  serverName,
  startApplication,
  startGenServer,
  startSupervisor,
} from '../../../src/otp/index.js';
import type { ChildSpec, Self, GenServer, StartContext } from '../../../src/otp/index.js';

function say(line: Readonly<Record<string, unknown>>): void {
  return void process.stdout.write(`${JSON.stringify(line)}\n`);
}

type Fault = 'float' | 'late' | 'timer' | 'immediate' | 'tick' | 'file' | 'microtask' | 'dead' | 'stop' | 'throw';
const VICTIM = serverName<never, unknown, Fault>('victim');

let victimStarts = 0;

/** Calls `fail`, in the asynchronous context of its caller, once the victim has been started again: its caller is dead then. */
function failOnceRestarted(fail: () => never): void {
  const before = victimStarts;
  const look = setInterval(() => {
    if (victimStarts === before) return;
    clearInterval(look);
    fail();
  }, 1);
}

function worker(id: string, stopMs = 0): ChildSpec {
  const server: GenServer<never, unknown, Fault> = {
    init: () => {
      if (id === 'victim') victimStarts++;
      say({ start: id });
    },
    handleCast: (self: Self, fault) => {
      const error = new Error(`${fault} in ${id}`);
      const fail = (): never => {
        throw error;
      };
      switch (fault) {
        case 'float':
          void Promise.reject(error);
          return;
        case 'timer':
          setTimeout(fail, 5);
          return;
        case 'late':
          void new Promise((resolve) => setTimeout(resolve, 5)).then(fail);
          return;
        case 'immediate':
          setImmediate(fail);
          return;
        case 'tick':
          process.nextTick(fail);
          return;
        case 'file':
          stat('/', fail);
          return;
        case 'microtask':
          queueMicrotask(fail);
          return;
        case 'stop':
          // Nobody waits for this promise, and `stop` throws in it.
          void Promise.resolve().then(() => self.stop({ term: 'floating stop' }));
          return;
        case 'dead':
          failOnceRestarted(fail);
          self.stop('shutdown');
          break;
        case 'throw':
          throw error;
      }
    },
    terminate: async (_self, reason) => {
      if (stopMs > 0) await new Promise((resolve) => setTimeout(resolve, stopMs));
      say({ stop: id, reason: formatReason(reason) });
    },
  };
  return {
    id,
    shutdown: 'infinity',
    start: ({ system, parent }) => startGenServer(system, server, { parent, name: id, trapExit: true }),
  };
}

const scenario = process.argv[2] ?? '';
const fault = process.argv[3] as Fault | undefined;
const system = createActorSystem({
  report: (report) => {
    if (report.kind === 'crash') say({ crash: report.pid.label, reason: formatReason(report.reason) });
    if (report.kind === 'late_fault') say({ late: report.pid.label, error: String(report.error) });
    if (report.kind === 'application_stopping') say({ stopping: report.why });
    if (report.kind === 'unowned_fault') say({ unowned: String(report.error) });
    if (report.kind === 'application_stopped') say({ stopped: report.code, left: report.left });
  },
});

const children: Record<string, readonly ChildSpec[]> = {
  stubborn: [worker('a'), worker('stubborn', 1e9)],
  refuses: [worker('a'), { id: 'bad', start: async () => ({ error: 'refused' }) }],
};
const intensity = scenario === 'gives-up' ? 0 : 10;
function root({ parent }: StartContext) {
  return startSupervisor(
    system,
    () => ({ flags: { intensity }, children: children[scenario] ?? [worker('a'), worker('victim')] }),
    { parent, label: 'root' },
  );
}

try {
  const stopTimeoutMs = fault === undefined ? 60_000 : 300;
  const application = await startApplication(system, { name: 'app', start: root, stopTimeoutMs });
  say({ ready: true });
  if (scenario === 'fault' || scenario === 'gives-up') cast(system, VICTIM, fault ?? 'throw');
  if (scenario === 'unowned') void Promise.reject(new Error('nobody’s'));
  process.exitCode = (await application.done).code;
  // A stubborn handler's timer would keep Node alive, as a hanging socket would.
  if (scenario === 'stubborn') process.exit();
} catch (error) {
  say({ failed: (error as Error).message });
  process.exitCode = 1;
}
