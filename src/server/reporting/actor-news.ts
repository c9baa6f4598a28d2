import type { ActorEvent } from '../../events/actor-event.js';
import type { EventBook } from '../../events/event-book.js';
import { crashReason } from '../../operations/actors/crash-view.js';
import type { ActorSystem, Pid, Report } from '../../otp/index.js';

/** Paths remembered as started once; further ones always count as started. */
const MOST = 10_000;

/**
 * What happens to actors becomes events. Starts of actors by key are left out: a fleet has thousands of them.
 */
export function actorNews(system: ActorSystem, events: Pick<EventBook<ActorEvent>, 'put'>): (report: Report) => void {
  const startedOnce = new Set<string>();
  const pathOf = (pid: Pid): string => system.sys.getStatus(pid)?.path ?? pid.label;
  const isByKey = (supervisor: Pid): boolean =>
    system.published(supervisor)?.supervisor?.strategy === 'simple_one_for_one';
  const started = (path: string): ActorEvent => {
    if (startedOnce.has(path)) return { kind: 'restarted', path };
    if (startedOnce.size < MOST) startedOnce.add(path);
    return { kind: 'started', path };
  };
  return (report) => {
    switch (report.kind) {
      case 'crash': {
        const { path, lastMessage, mailbox } = report.detail;
        const last_message = lastMessage ?? null;
        events.put({
          kind: 'crashed',
          path,
          reason: crashReason(report.reason),
          last_message,
          mailbox: mailbox.length,
        });
        return;
      }
      case 'child_started':
        if (!isByKey(report.supervisor)) events.put(started(`${pathOf(report.supervisor)}/${report.id}`));
        return;
      case 'child_terminated':
      case 'shutdown_error': {
        const id = isByKey(report.supervisor) ? report.child.label : report.id;
        const path = `${pathOf(report.supervisor)}/${id}`;
        // Of a crash the report of the actor itself has told.
        if (system.crashes.lastOf(path)?.pid === report.child) return;
        events.put({ kind: 'stopped', path, reason: crashReason(report.reason) });
        return;
      }
      case 'intensity_reached':
        events.put({ kind: 'gave_up', path: pathOf(report.supervisor), child: report.id });
        return;
      case 'suspended': {
        const { resumesAt } = report;
        const resumes_at = resumesAt === undefined ? null : Math.floor(resumesAt / 1000);
        events.put({ kind: 'suspended', path: pathOf(report.pid), resumes_at });
        return;
      }
      case 'resumed':
        events.put({ kind: 'resumed', path: pathOf(report.pid), why: report.why });
        return;
      default:
    }
  };
}
