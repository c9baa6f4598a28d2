import { randomUUID } from 'node:crypto';
import { redactLine } from '../../../log/redact-secrets.js';
import type { ActorSystem } from '../../../otp/index.js';
import type { Store } from '../../../store/store.js';
import type { HttpLog } from '../../http-config.js';
import { type Evaluated, type EvalTimes, evaluate } from './evaluate.js';
import { inOwnProcess } from './in-own-process.js';

export interface ConsoleEvalNeeds {
  readonly system: Pick<ActorSystem, 'spawn' | 'send' | 'exited'>;
  readonly clock: { now(): number };
  readonly store: Pick<Store, 'commit'>;
  readonly log: Pick<HttpLog, 'warn' | 'error'>;
  /** Who is written down for it. */
  readonly author: string;
  /** Default: 1 s, 1 s and 5 s, together less than the console waits. */
  readonly times?: EvalTimes;
}

/** Evaluates code with these names. */
export type ConsoleEval = (code: string, names: Readonly<Record<string, unknown>>) => Promise<Evaluated>;

/** Row of table `setting` that holds the last code; each earlier one is in the audit trail. */
const SETTING = 'console_eval';
/** Most characters of code in log and audit trail; a line of the console has no more. */
const MOST_CODE = 1000;
const TIMES: EvalTimes = { runMs: 1000, showMs: 1000, settleMs: 5000 };

/** Evaluates what the console is given, after it was written down: what never comes to an end stands there too. */
export function consoleEval(needs: ConsoleEvalNeeds): ConsoleEval {
  const { system, times = TIMES } = needs;
  return async (code, names) => {
    await writtenDown(needs, redactLine(code.slice(0, MOST_CODE)));
    return inOwnProcess(system, 'console_eval', () => evaluate(code, names, times));
  };
}

/** With the store away only the log has it: that is when somebody may need to look most. */
async function writtenDown({ store, log, clock, author }: ConsoleEvalNeeds, code: string): Promise<void> {
  log.warn({ code, author }, 'the console evaluates code in this server');
  // `run`: the same code twice in a second is two entries.
  const doc = { id: SETTING, code, author, at: Math.floor(clock.now() / 1000), run: randomUUID() };
  try {
    const written = await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => doc }], { author });
    if (!written.ok) throw new Error(`the store did not take it: ${written.failure.reason}`);
  } catch (error) {
    log.error({ err: error, code, author }, 'code of the console could not be written to the audit trail');
  }
}
