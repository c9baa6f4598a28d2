import type { Clock } from './clock.js';
import { StartFailed } from './exit.js';
import { dropWatching } from './links.js';
import type { DownMsg, Message, Watcher } from './message.js';
import type { Pid } from './pid.js';
import { ExitSignal, Process, TIMER_TAG } from './process.js';
import { formatReason, isOrderly } from './reason.js';
import type { ExitReason } from './reason.js';
import type { CrashDetail } from './report.js';
import { itemsOf, withoutItem } from './small-set.js';
import { clearTimers } from './timer.js';

/** What the end of a process needs of the actor system. */
export interface BurialHost {
  readonly clock: Clock;
  find(pid: Pid): Process | undefined;
  /** Out of the table and the registry, and of whoever else keeps something of it. */
  forget(process: Process, reason: ExitReason): void;
  deliver(process: Process, message: Message): void;
  deadLetter(to: Pid, message: Message): void;
  tellWatcher(watcher: Watcher, down: DownMsg): void;
  /** A handler of it still runs. */
  orphaned(process: Process): void;
  look(process: Process): CrashDetail;
  crashed(pid: Pid, reason: ExitReason, queued: number, detail: CrashDetail): void;
}

/** Ends a process and, through its links, those that must end with it: a work list, as chains of links can be long. */
export function endProcessAndLinked(host: BurialHost, process: Process, reason: ExitReason, ignored = false): void {
  const doomed: [Process, ExitReason][] = [];
  bury(host, process, reason, ignored, doomed);
  for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) bury(host, next[0], next[1], false, doomed);
}

/**
 * One synchronous step, so a half-dead process is never seen: out of the table and the registry, timers and monitors
 * gone, before the first peer is told.
 */
function bury(
  host: BurialHost,
  process: Process,
  reason: ExitReason,
  ignored: boolean,
  doomed: [Process, ExitReason][],
): void {
  if (process.phase === 'dead') return;
  const { pid, links, watchers, starter, waiters } = process;
  const failedStart = starter !== undefined && !ignored && !isOrderly(reason);
  const detail = failedStart ? host.look(process) : undefined;
  process.phase = 'dead';
  pid.exit = reason;
  host.forget(process, reason);
  clearTimers(host.clock, process);
  dropWatching(process, (other) => host.find(other));
  process.links = process.watchers = process.starter = process.waiters = process.published = undefined;
  if (process.running) host.orphaned(process);
  for (const message of process.mailbox.drain()) {
    // Exit, down and timer messages concern this process alone.
    if (!(message instanceof ExitSignal) && message.tag !== 'DOWN' && message.tag !== TIMER_TAG) {
      host.deadLetter(pid, message);
    }
  }
  for (const peer of itemsOf(links)) {
    peer.links = withoutItem(peer.links, process);
    // The starter learns of a failed start from `spawn` itself, not a second time as a signal.
    if (starter !== undefined && peer.pid === process.parent) continue;
    if (peer.trapping) host.deliver(peer, new ExitSignal(pid, reason));
    else if (reason !== 'normal') doomed.push([peer, reason]);
  }
  process.abort?.abort();
  if (starter !== undefined) {
    const text = ignored ? 'init said ignore' : formatReason(reason);
    starter.reject(new StartFailed(pid.label, ignored ? 'normal' : reason, ignored, text));
    if (detail !== undefined) host.crashed(pid, reason, 0, detail);
  }
  for (const monitor of itemsOf(watchers)) {
    const { watcher } = monitor;
    monitor.reason = reason;
    if (watcher instanceof Process) {
      watcher.watching = withoutItem(watcher.watching, monitor);
      host.deliver(watcher, monitor);
    } else host.tellWatcher(watcher, monitor);
  }
  if (waiters !== undefined) for (const resolve of waiters) resolve(reason);
}
