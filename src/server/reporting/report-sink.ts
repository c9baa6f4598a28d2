import type { Logs } from '../../log/create-logger.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { kindOfActor } from './kind-of-actor.js';
import { formatReason, type CrashDetail, type Offender, type Report, type ReportSink } from '../../otp/index.js';

function errorOf(reason: unknown): unknown {
  return typeof reason === 'object' && reason !== null && 'error' in reason ? reason.error : undefined;
}

function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** What a crash report says of the actor, as fields of a log line. */
function crashFields(detail: CrashDetail): object {
  return {
    path: detail.path,
    last_message: detail.lastMessage,
    state: detail.state,
    mailbox: detail.mailbox.kinds,
    handled: detail.handled,
    uptime_ms: detail.uptimeMs,
    links: detail.links.map(String),
    ancestors: detail.ancestors.map(String),
    events: detail.events,
  };
}

/** A child as OTP's supervisor reports have it (`offender`). */
function childFields({ id, pid, restart, shutdown, type }: Offender): object {
  return { child: id, child_pid: pid?.id, restart, shutdown, type };
}

/** What the actor kernel reports becomes log lines, crash reports and counters. */
export function reportSink(logs: Logs, metrics: Metrics): ReportSink {
  return (report: Report) => {
    const { log } = logs;
    switch (report.kind) {
      case 'crash':
        metrics.count('dog_trainer_crashes_total', kindOfActor(report.pid));
        logs.crash(
          {
            actor: report.pid.label,
            pid: report.pid.id,
            reason: formatReason(report.reason),
            err: errorOf(report.reason),
            queued: report.queued,
            ...crashFields(report.detail),
          },
          'an actor crashed',
        );
        return;
      case 'late_fault':
        logs.crash({ actor: report.pid.label, err: report.error }, 'an actor that had ended failed later');
        return;
      case 'child_terminated':
        metrics.count('dog_trainer_restarts_total', report.supervisor.label);
        log.error(
          {
            supervisor: report.supervisor.label,
            ...childFields(report.offender),
            reason: formatReason(report.reason),
          },
          'a child ended that should not have',
        );
        return;
      case 'child_started':
        log.debug({ supervisor: report.supervisor.label, ...childFields(report.offender) }, 'child started');
        return;
      case 'start_error':
        log.error(
          {
            supervisor: report.supervisor.label,
            ...childFields(report.offender),
            err: errorOf(report.error) ?? report.error,
          },
          'a child did not start',
        );
        return;
      case 'shutdown_error':
        log.warn(
          {
            supervisor: report.supervisor.label,
            ...childFields(report.offender),
            reason: formatReason(report.reason),
          },
          'a child did not stop in order',
        );
        return;
      case 'intensity_reached':
        logs.crash(
          {
            supervisor: report.supervisor.label,
            ...childFields(report.offender),
            intensity: report.intensity,
            period_s: report.periodS,
          },
          'too many restarts: the supervisor gives up',
        );
        return;
      case 'overflow':
        log.error(
          { actor: report.pid.label, max: report.maxQueue, dropped: report.dropped },
          'a mailbox is full; its newest messages are dropped',
        );
        return;
      case 'mailbox_long':
        log.info({ actor: report.pid.label, waiting: report.length }, 'a mailbox has grown long');
        return;
      case 'mailbox_short':
        log.info({ actor: report.pid.label, waiting: report.length }, 'a mailbox is no longer long');
        return;
      case 'suspended':
        log.warn({ actor: report.pid.label, resumes_at: isoTime(report.resumesAt) }, 'an actor is suspended');
        return;
      case 'resumed':
        log.warn({ actor: report.pid.label, why: report.why }, 'a suspended actor goes on');
        return;
      case 'unexpected_message':
        log.warn({ actor: report.pid.label, tag: report.tag }, 'an actor was sent something it does not know');
        return;
      case 'unowned_fault':
        logs.crash({ err: report.error }, 'an error that belongs to no actor: the server stops in order');
        return;
      case 'callback_fault':
        log.error({ where: report.where, err: report.error }, 'a callback failed');
        return;
      case 'application_started':
      case 'application_stopping':
      case 'application_stopped':
        log.debug({ ...report, root: undefined }, report.kind);
    }
  };
}
