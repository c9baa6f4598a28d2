import type { Watcher } from './message.js';
import type { Pid } from './pid.js';
import { Monitor, Process } from './process.js';
import { itemsOf, withItem, withoutItem } from './small-set.js';

/** Symmetric; linking twice is one link. */
export function linkProcesses(a: Process, b: Process): void {
  if (a === b) return;
  a.links = withItem(a.links, b);
  b.links = withItem(b.links, a);
}

export function unlinkProcesses(a: Process, b: Process): void {
  a.links = withoutItem(a.links, b);
  b.links = withoutItem(b.links, a);
}

/** Watches a live process. */
export function addMonitor(watcher: Process | Watcher, target: Process): Monitor {
  const monitor = new Monitor(watcher, target.pid);
  target.watchers = withItem(target.watchers, monitor);
  if (watcher instanceof Process) watcher.watching = withItem(watcher.watching, monitor);
  return monitor;
}

/** Ends a monitor; a DOWN that waits in the mailbox will not be handled. `target` is undefined once it is dead. */
export function removeMonitor(monitor: Monitor, target: Process | undefined): void {
  monitor.revoked = true;
  if (target !== undefined) target.watchers = withoutItem(target.watchers, monitor);
  if (monitor.watcher instanceof Process) monitor.watcher.watching = withoutItem(monitor.watcher.watching, monitor);
}

/** A dying process stops watching others. */
export function dropWatching(process: Process, find: (pid: Pid) => Process | undefined): void {
  for (const monitor of itemsOf(process.watching)) {
    monitor.revoked = true;
    const target = find(monitor.target);
    if (target !== undefined) target.watchers = withoutItem(target.watchers, monitor);
  }
  process.watching = undefined;
}
