import type { Loss } from '../../federation/shrink.js';

/** When it was heard last, in words. */
function lastHeard(time: number | undefined): string {
  return time === undefined ? 'since this server began to listen' : `since ${new Date(time * 1000).toISOString()}`;
}

export function staleText(name: string, heardTime: number | undefined): string {
  return `nothing is heard of the linked server ${name} ${lastHeard(heardTime)}; its last known sets stay in service. Look whether it runs and reaches this server's broker`;
}

export function expiredText(name: string, heardTime: number | undefined): string {
  return `nothing is heard of the linked server ${name} ${lastHeard(heardTime)}, longer than max_stale_seconds of the link: its sets are out of service until it is heard again`;
}

export function heldText(name: string, { had, lost }: Loss): string {
  return `the linked server ${name} would take away ${lost} of its ${had} addresses, so its newest sets wait: POST /api/V2/link/:id/accept takes them over, and a message that takes away less does too`;
}
