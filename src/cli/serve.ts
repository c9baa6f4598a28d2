import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedConfig } from '../config/load.js';
import { createLogger } from '../log/create-logger.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { keepHeapSmall } from './keep-heap-small.js';
import { createNotifier } from './notify.js';
import { startSettled } from './start-settled.js';
import type { RunningServer } from '../server/running-server.js';

/** How much longer than its own deadline an orderly stop may take before the process ends anyway, in milliseconds. */
const STOP_SLACK_MS = 1000;
/** When what the start has dropped is collected for certain, and the heap need not be kept small: milliseconds from its end. */
const SETTLED_MS = 30_000;
/** How long the process stays alive so that its last message is sent, in milliseconds. */
const TELL_MS = 500;

/**
 * Runs the server until it is told to stop. SIGTERM and SIGINT stop it in order, a second one at once;
 * SIGHUP opens the log files anew. Resolves after an orderly stop.
 * @throws CommandFailure when it could not start, gave up by itself, or was forced to stop
 */
export async function serve(
  { config, origins, warnings }: LoadedConfig,
  io: CliIo,
  { observe }: { readonly observe: boolean } = { observe: false },
): Promise<void> {
  const logs = createLogger(config.log);
  const { log } = logs;
  process.on('exit', () => logs.flushSync());
  process.on('SIGHUP', () => logs.reopen());
  const notifier = createNotifier(io.environment, (text) => log.warn(text));
  const signals = signalQueue(['SIGTERM', 'SIGINT']);
  for (const warning of warnings) log.warn(warning);
  log.info({ version: config.version, data_dir: config.data_dir, pid: process.pid }, 'starting');

  const heap = keepHeapSmall();
  let server: RunningServer;
  try {
    // Loaded only now, so that a mistake in the configuration is reported at once.
    const { lookBeforeStart } = await import('../server/checks/look-before-start.js');
    const { faults, notes } = await lookBeforeStart(config, { observe });
    for (const note of notes) log.warn(note);
    if (faults.length > 0) throw new AggregateError(faults);
    const { startServer } = await import('../server/start-server.js');
    server = await startServer({ config, origins, logs, observe });
  } catch (error) {
    const causes = causesOf(error);
    for (const { cause, text } of causes) logs.crash({ err: cause }, `the server could not start: ${text}`);
    await logs.close();
    throw new CommandFailure(causes.map(({ text }) => `the server could not start: ${text}`).join('\ndog-trainer: '), {
      cause: error,
    });
  }
  log.info(server.listening, 'listening');
  void startSettled().then(heap.youngMayGrow);
  setTimeout(heap.mayGrow, SETTLED_MS).unref();
  notifier.startWatchdog();
  // Not awaited: it takes until systemd has received it, which can be seconds.
  void notifier.send('READY=1', `STATUS=API on ${server.listening.api}`);

  const why = await Promise.race([signals.next(), server.ended]);
  if (why instanceof Error) {
    logs.crash({ err: why }, 'the server gave up');
    await logs.close();
    throw new CommandFailure(`the server gave up: ${why.message}`, { cause: why });
  }
  log.info({ signal: why }, 'stopping');
  const told = notifier.send('STOPPING=1');
  const forced = await stopInOrder(server, signals, config.shutdown_seconds * 1000 + STOP_SLACK_MS);
  await Promise.race([told, sleep(TELL_MS)]);
  notifier.stopWatchdog();
  if (typeof forced === 'string') {
    const left = server.left();
    log.error({ left }, `stopped by force: ${forced}`);
    await logs.close();
    throw new CommandFailure(`stopped by force (${forced}); left: ${left.join(', ') || 'nothing'}`);
  }
  log.info({ left: forced }, 'stopped');
  await logs.close();
}

/** Each cause of a start that failed, in one line. */
function causesOf(error: unknown): readonly { readonly cause: unknown; readonly text: string }[] {
  const causes: readonly unknown[] =
    error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  return causes.map((cause) => ({
    cause,
    text: (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\s*\n\s*/g, ' '),
  }));
}

/** What was left by an orderly stop, or why it was cut short. */
async function stopInOrder(
  server: RunningServer,
  signals: SignalQueue,
  limitMs: number,
): Promise<readonly string[] | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not done after ${limitMs / 1000} seconds`), limitMs);
  });
  try {
    return await Promise.race([server.stop(), signals.next().then((signal) => `a second signal, ${signal}`), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface SignalQueue {
  next(): Promise<string>;
}

/** Signals in order of arrival, including those that came before `next` was called. */
function signalQueue(names: readonly NodeJS.Signals[]): SignalQueue {
  const came: string[] = [];
  let wake: ((name: string) => void) | undefined;
  for (const name of names) {
    process.on(name, () => {
      if (wake === undefined) came.push(name);
      else wake(name);
      wake = undefined;
    });
  }
  return {
    next: () => {
      const early = came.shift();
      return early === undefined ? new Promise((resolve) => (wake = resolve)) : Promise.resolve(early);
    },
  };
}
