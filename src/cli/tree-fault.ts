import type { ActorView, CrashReportView, CrashView, SupervisorView } from '../operations/actors/actor-view.js';

/** Its fields have the names that `Declared` has; what is in them is to be seen. */
function isObject<Declared = Readonly<Record<string, unknown>>>(
  value: unknown,
): value is { readonly [Field in keyof Declared]?: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What keeps an answer from being printed as `ActorView`s (`GET /api/V2/actors`), with its place; undefined: nothing.
 * Another program, or a server of another version, may listen at that address.
 */
export function treeFault(node: unknown, place = 'the answer'): string | undefined {
  if (!isObject<ActorView>(node)) return `${place} is not an object`;
  for (const field of ['path', 'id', 'state'] as const)
    if (typeof node[field] !== 'string') return `${place}.${field} is not a string`;
  for (const field of ['mailbox', 'handled', 'restarts'] as const)
    if (typeof node[field] !== 'number') return `${place}.${field} is not a number`;
  const { last_crash: crash, detail, supervisor, children } = node;
  if (crash !== null) {
    if (!isObject<CrashView>(crash) || typeof crash['at'] !== 'number' || typeof crash['reason'] !== 'string')
      return `${place}.last_crash is not null or {at, reason}`;
    if (Number.isNaN(new Date(crash['at'] * 1000).getTime())) return `${place}.last_crash.at is not a time`;
    const reportFault = crash['report'] === undefined ? undefined : crashReportFault(crash['report']);
    if (reportFault !== undefined) return `${place}.last_crash.report.${reportFault}`;
  }
  if (detail !== undefined && !isObject(detail)) return `${place}.detail is not an object`;
  if (supervisor !== undefined && (!isObject<SupervisorView>(supervisor) || typeof supervisor['total'] !== 'number'))
    return `${place}.supervisor.total is not a number`;
  if (children === undefined) return undefined;
  if (!Array.isArray(children)) return `${place}.children is not a list`;
  for (const [index, child] of children.entries()) {
    const fault = treeFault(child, `${place}.children[${index}]`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function crashReportFault(report: unknown): string | undefined {
  if (!isObject<CrashReportView>(report)) return 'is not an object';
  const { pid, stack, mailbox, state, ancestors, links, uptime_ms: uptime } = report;
  if (typeof pid !== 'number') return 'pid is not a number';
  if (!Array.isArray(stack)) return 'stack is not a list';
  if (!Array.isArray(links)) return 'links is not a list';
  if (
    !isObject<CrashReportView['mailbox']>(mailbox) ||
    !isObject(mailbox['kinds']) ||
    typeof mailbox['length'] !== 'number'
  )
    return 'mailbox is not {length, kinds}';
  if (!isObject(state)) return 'state is not an object';
  if (!Array.isArray(ancestors)) return 'ancestors is not a list';
  return typeof uptime === 'number' ? undefined : 'uptime_ms is not a number';
}
