import type { Logs } from '../../log/create-logger.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { formatReason, type Report, type ReportSink } from '../../otp/index.js';

function errorOf(reason: unknown): unknown {
  return typeof reason === 'object' && reason !== null && 'error' in reason ? reason.error : undefined;
}

/** What the actor kernel reports becomes log lines, crash reports and counters. */
export function reportSink(logs: Logs, metrics: Metrics): ReportSink {
  return (report: Report) => {
    const { log } = logs;
    switch (report.kind) {
      case 'crash':
        logs.crash(
          {
            actor: report.pid.label,
            reason: formatReason(report.reason),
            err: errorOf(report.reason),
            queued: report.queued,
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
          { supervisor: report.supervisor.label, child: report.id, reason: formatReason(report.reason) },
          'a child ended that should not have',
        );
        return;
      case 'child_started':
        log.debug({ supervisor: report.supervisor.label, child: report.id }, 'child started');
        return;
      case 'start_error':
        log.error(
          { supervisor: report.supervisor.label, child: report.id, err: errorOf(report.error) ?? report.error },
          'a child did not start',
        );
        return;
      case 'shutdown_error':
        log.warn(
          { supervisor: report.supervisor.label, child: report.id, reason: formatReason(report.reason) },
          'a child did not stop in order',
        );
        return;
      case 'intensity_reached':
        logs.crash(
          {
            supervisor: report.supervisor.label,
            child: report.id,
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
