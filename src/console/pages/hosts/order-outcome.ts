import type { HostReconnected, HostSent } from '../../../operations/fleet-pages.js';

const WHAT = { ruleset: 'its rules', sets: 'its sets' } as const;

/** What came of sending a host what it is to have. */
export function sentOutcome({ sent, why }: HostSent): string {
  if (sent.length === 0) return `Nothing was sent: ${why ?? 'there is nothing to send'}.`;
  return `Sent: ${sent.map((what) => WHAT[what]).join(' and ')}. Its next report shows whether it loaded them.`;
}

/** What came of making its agent connect again. */
export function reconnectOutcome({ closed }: HostReconnected): string {
  if (closed === 0) return 'Its agent has no connection now, so none was closed.';
  return `${closed === 1 ? 'Its connection was' : `${closed} connections were`} closed; its agent makes another by itself.`;
}
