import type { ProcessInfo } from './actor-system-types.js';
import type { Clock } from './clock.js';
import type { Process } from './process.js';
import { itemCount, itemsOf } from './small-set.js';
import { busyMs, statusWord, suspensionOf } from './sys/look-at.js';

/** A process as `system.info` shows it. */
export function processInfo(process: Process, clock: Clock): ProcessInfo {
  return {
    messageQueueLen: process.mailbox.length,
    status: statusWord(process),
    suspension: suspensionOf(process),
    reductions: process.reductions,
    dropped: process.dropped,
    links: Array.from(itemsOf(process.links), (peer) => peer.pid),
    monitors: itemCount(process.watchers),
    label: process.pid.label,
    names: process.names ?? [],
    startedAt: process.startedAt,
    currentMs: busyMs(process, clock),
    parent: process.parent,
    published: process.published,
  };
}
