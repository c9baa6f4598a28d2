import type { Clock } from '../clock.js';
import type { Pid } from '../pid.js';
import type { Process } from '../process.js';
import type { DetailObject } from '../published.js';
import { formatReason } from '../reason.js';
import type { CrashDetail } from '../report.js';
import { itemsOf } from '../small-set.js';
import { boundDetail } from './bound-detail.js';
import { countMailbox } from './count-mailbox.js';
import type { ProcessStatus, Suspension } from './sys.js';

/** What reading a process needs of the actor system. */
export interface Lookout {
  readonly clock: Clock;
  find(pid: Pid): Process | undefined;
}

/** Deeper than any tree; and most links that a report names. */
const MOST_ANCESTORS = 64;
const MOST_LINKS = 100;

/** The state as others may see it: what `formatStatus` gives, else `describe`; `{error}` if that throws. */
export function stateOf(process: Process): DetailObject {
  try {
    const state = process.behaviour.formatStatus?.() ?? process.published?.describe?.() ?? {};
    return boundDetail(state);
  } catch (error) {
    return { error: formatReason({ error }) };
  }
}

/** Parent, its parent, and so on, as long as they live. */
function ancestorsOf(host: Lookout, process: Process): readonly Process[] {
  const ancestors: Process[] = [];
  let above = process.parent === undefined ? undefined : host.find(process.parent);
  while (above !== undefined && ancestors.length < MOST_ANCESTORS) {
    ancestors.push(above);
    above = above.parent === undefined ? undefined : host.find(above.parent);
  }
  return ancestors;
}

/** Labels from the topmost supervisor down. What started that one, as an application does, is no part of the tree. */
function pathOf(process: Process, ancestors: readonly Process[]): string {
  const supervisors = ancestors.filter((above) => above.published?.supervisor !== undefined);
  return [process, ...supervisors]
    .map(({ pid }) => pid.label)
    .reverse()
    .join('/');
}

function linksOf(process: Process): readonly Pid[] {
  const links: Pid[] = [];
  for (const { pid } of itemsOf(process.links)) if (links.push(pid) === MOST_LINKS) break;
  return links;
}

export function suspensionOf({ pid, oversight }: Process): Suspension | undefined {
  if (oversight?.suspendedSince === undefined) return undefined;
  return { pid, since: oversight.suspendedSince, resumesAt: oversight.resumesAt };
}

/** Whether it is at work, in one word. */
export function statusWord(process: Process): ProcessStatus['status'] {
  if (process.running) return 'running';
  if (process.oversight?.suspended === true) return 'suspended';
  return process.mailbox.length > 0 || process.scheduled ? 'runnable' : 'waiting';
}

export function busyMs(process: Process, clock: Clock): number {
  return process.busySince === undefined ? 0 : clock.monotonic() - process.busySince;
}

/** All that can be seen of a process from outside. */
export function statusOf(host: Lookout, process: Process): ProcessStatus {
  const { clock } = host;
  const ancestors = ancestorsOf(host, process);
  const observer = process.oversight?.observer;
  return {
    pid: process.pid,
    names: process.names ?? [],
    status: statusWord(process),
    suspension: suspensionOf(process),
    path: pathOf(process, ancestors),
    ancestors: ancestors.map(({ pid }) => pid),
    links: linksOf(process),
    mailbox: countMailbox(process.mailbox),
    handled: process.reductions,
    dropped: process.dropped,
    startedAt: process.startedAt,
    uptimeMs: Math.max(0, clock.now() - process.startedAt),
    busyMs: busyMs(process, clock),
    lastMessage: process.lastKind,
    state: stateOf(process),
    statistics: observer?.statistics?.read(),
    events: observer?.events?.slice(),
  };
}

/** What a crash report says beside the reason; to be made before the process is taken apart. */
export function crashDetail(host: Lookout, process: Process): CrashDetail {
  const status = statusOf(host, process);
  const { path, ancestors, links, lastMessage, state, mailbox, handled, uptimeMs, events } = status;
  return { at: host.clock.now(), path, ancestors, links, lastMessage, state, mailbox, handled, uptimeMs, events };
}
