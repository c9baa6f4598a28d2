import type { NowAnswer } from '../../../operations/now/now-answers.js';

/** How the whole stands: `bad` where hosts are not as they should be, or can't be kept so. */
export function verdictTone({ status, guard, broker, store }: NowAnswer): 'ok' | 'warn' | 'bad' {
  const { server, hosts, groups } = status;
  const isDown =
    !server.ready ||
    guard.state === 'closed' ||
    [broker.publishing, broker.reports, store].some(({ state }) => state === 'down');
  if (isDown || hosts.drifted.total + hosts.silent.total + groups.in_error.total > 0) return 'bad';
  return status.well ? 'ok' : 'warn';
}
