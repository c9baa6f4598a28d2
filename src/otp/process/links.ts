import type { DownMsg } from './message.js';
import type { Pid } from './pid.js';
import { Monitor } from './process.js';
import type { Process } from './process.js';
import { SmallSet } from './small-set.js';

/** Symmetric; linking twice is one link. */
export function linkProcesses(a: Process, b: Process): void {
  if (a === b) return;
  (a.links ??= new SmallSet()).add(b);
  (b.links ??= new SmallSet()).add(a);
}

export function unlinkProcesses(a: Process, b: Process): void {
  a.links?.delete(b);
  b.links?.delete(a);
}

/** Watches a live process. */
export function addMonitor(watcher: Process | ((down: DownMsg) => void), target: Process): Monitor {
  const monitor = new Monitor(watcher, target.pid);
  (target.watchers ??= new SmallSet()).add(monitor);
  if (typeof watcher !== 'function') (watcher.watching ??= new SmallSet()).add(monitor);
  return monitor;
}

/** Ends a monitor; a DOWN that waits in the mailbox will not be handled. `target` is undefined once it is dead. */
export function removeMonitor(monitor: Monitor, target: Process | undefined): void {
  monitor.revoked = true;
  target?.watchers?.delete(monitor);
  if (typeof monitor.watcher !== 'function') monitor.watcher.watching?.delete(monitor);
}

/** A dying process stops watching others. */
export function dropWatching(process: Process, find: (pid: Pid) => Process | undefined): void {
  if (process.watching === undefined) return;
  for (const monitor of process.watching.values()) {
    monitor.revoked = true;
    find(monitor.target)?.watchers?.delete(monitor);
  }
  process.watching = undefined;
}
