import type { Config } from '../../config/schema.js';
import type { ActorEvent } from '../../events/actor-event.js';
import type { EventBook } from '../../events/event-book.js';
import type { Log } from '../../log/log.js';
import {
  CallFailed,
  dependentsOf,
  restartChild,
  restartRunningChild,
  terminateChild,
  type ActorSystem,
  type Pid,
} from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import { findRow, supervisorOf, type ActorRow } from './actor-rows.js';
import { ActorRefusal, type ActorAction, type ActorDone } from './actor-order.js';
import { crashReason } from './crash-view.js';
import { seconds } from './seconds.js';

export interface ControlNeeds {
  readonly system: ActorSystem;
  readonly config: Pick<Config, 'actors'>;
  readonly store: Pick<Store, 'commit'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly actorEvents: Pick<EventBook<ActorEvent>, 'put'>;
}

/** Row of table `setting` that holds the last thing done to an actor; each earlier one is in the audit trail. */
const SETTING = 'actor_operation';

/** The actors that answer over HTTP: what ends them may keep the answer from arriving. */
const API = /(^|\/)http_sup(\/api)?$/;

interface Order {
  readonly action: ActorAction;
  readonly author: string;
  readonly confirm: readonly string[];
}

/**
 * Does what an operator wants with one actor, once all that goes down with it is confirmed by name. Undefined: there is
 * no such path. Throws ActorRefusal.
 */
export async function controlActor(
  needs: ControlNeeds,
  root: Pid | undefined,
  path: string,
  { action, author, confirm }: Order,
): Promise<ActorDone | undefined> {
  const { system, log, config } = needs;
  const row = root && findRow(system, root, path);
  if (row === undefined) return undefined;
  const { supervisor } = row;
  if (supervisor === undefined)
    throw new ActorRefusal('this is the top of the tree: stop or restart the server instead');
  const along = mustConfirm(system, supervisor, row, action);
  if (along.length > 0 && !sameNames(along, confirm)) throw unconfirmed(path, action, along);
  refuseOddState(system, row, action);
  const fields = { path, action, author, with: along };
  log.warn(fields, 'an operator acts on an actor');
  const audited = await written(needs, fields);
  const done = { path, action, with: along, audited };
  try {
    const resumeAfterMs = config.actors.suspend_seconds * 1000;
    await act(needs, supervisor, row, { action, author, resumeAfterMs });
    return action === 'suspend' ? { ...done, resumes_at: seconds(system.clock.now() + resumeAfterMs) } : done;
  } catch (error) {
    if (error instanceof CallFailed) throw new ActorRefusal(`it did not come to that: ${error.message}`);
    throw error;
  }
}

async function act(
  { system, actorEvents }: ControlNeeds,
  supervisor: Pid,
  { id, child, path }: ActorRow,
  { action, author, resumeAfterMs }: Pick<Order, 'action' | 'author'> & { readonly resumeAfterMs: number },
): Promise<void> {
  const pid = typeof child === 'object' ? child : undefined;
  const dynamic = supervisorOf(system, { child: supervisor })?.strategy === 'simple_one_for_one';
  const named = dynamic && pid !== undefined ? pid : id;
  const stop = async (): Promise<void> => {
    must(await terminateChild(system, supervisor, named));
    actorEvents.put({ kind: 'stopped', path, reason: `stopped by ${author}` });
  };
  switch (action) {
    case 'suspend':
      if (pid !== undefined) await system.sys.suspend(pid, { resumeAfterMs });
      return;
    case 'resume':
      if (pid !== undefined) await system.sys.resume(pid);
      return;
    case 'terminate':
      return stop();
    case 'restart':
      // The next message to a host or group starts it again.
      if (dynamic) return stop();
      return must(await restartRunningChild(system, supervisor, named));
    case 'start':
      return must(await restartChild(system, supervisor, id));
  }
}

/** What goes down with the actor, or can do nothing while it is held, by id; `api`: with it goes who answers. */
function mustConfirm(
  system: ActorSystem,
  supervisor: Pid,
  { id, path }: ActorRow,
  action: ActorAction,
): readonly string[] {
  if (action === 'resume' || action === 'start') return [];
  const resting = dependentsOf(system, supervisor, id) ?? [];
  const answers = API.test(path) && action === 'restart' && !resting.includes('api');
  return answers ? [...resting, 'api'] : resting;
}

function unconfirmed(path: string, action: ActorAction, along: readonly string[]): ActorRefusal {
  const answer = along.some((id) => id === 'api' || id === 'http_sup') ? ', and the answer to this may not arrive' : '';
  const what =
    action === 'restart'
      ? `${along.join(', ')} would be stopped and started again with it${answer}`
      : `${along.join(', ')} rest on it${answer}`;
  return new ActorRefusal(`${action} ${path}: ${what}; confirm=${along.join(',')} says that this is meant`, along);
}

function refuseOddState(system: ActorSystem, row: ActorRow, action: ActorAction): void {
  const { child, path } = row;
  const isSupervisor = supervisorOf(system, row) !== undefined;
  if (action === 'start') {
    if (child !== undefined)
      throw new ActorRefusal(`${path} is ${child === 'restarting' ? 'about to start' : 'running'} already`);
    return;
  }
  if (child === 'restarting' && action === 'terminate') return;
  if (typeof child !== 'object') throw new ActorRefusal(`${path} does not run`);
  if (action === 'suspend' && isSupervisor)
    throw new ActorRefusal(
      `${path} is a supervisor: suspended, it would start nothing again; suspend an actor below it`,
    );
  if (action === 'terminate' && API.test(path))
    throw new ActorRefusal(`${path} answers this API: nothing could be asked to start it again; restart it instead`);
}

function must(outcome: object): void {
  if ('error' in outcome) throw new ActorRefusal(`the supervisor refuses: ${crashReason(outcome.error as never)}`);
}

/** Whether the audit trail has it: with the store away, the actor that mends it must still be in reach. */
async function written(
  { store, log, system }: ControlNeeds,
  {
    author,
    ...what
  }: { readonly path: string; readonly action: string; readonly author: string; readonly with: readonly string[] },
): Promise<boolean> {
  const doc = { id: SETTING, ...what, author, at: seconds(system.clock.now()) };
  try {
    return (await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => doc }], { author })).ok;
  } catch (error) {
    log.error(
      { err: error, author, ...what },
      'what an operator did to an actor could not be written to the audit trail',
    );
    return false;
  }
}

function sameNames(wanted: readonly string[], given: readonly string[]): boolean {
  const set = new Set(given);
  return set.size === wanted.length && wanted.every((name) => set.has(name));
}
