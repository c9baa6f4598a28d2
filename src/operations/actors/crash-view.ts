import { redactLine, redactSecrets } from '../../log/redact-secrets.js';
import { formatReason, type CrashReport, type DetailObject, type ExitReason } from '../../otp/index.js';
import { seconds } from './seconds.js';
import type { CrashReportView, CrashView } from './actor-view.js';

/** Lines of a stack that are shown, those of causes included. */
const MOST_FRAMES = 30;

/** Errors below an error (`cause`) that are followed. */
const MOST_CAUSES = 5;

/** Why an actor ended, in one line, with no credentials of URLs in it: libraries put those into their errors. */
export function crashReason(reason: ExitReason): string {
  return redactLine(formatReason(reason));
}

/** What an actor shows of itself, with what looks like a secret taken out: the last guard behind its `formatStatus`. */
export function safeState(state: DetailObject): DetailObject {
  return JSON.parse(redactLine(JSON.stringify(redactSecrets(state)))) as DetailObject;
}

/** A crash report as the API shows it. */
export function crashView({ pid, reason, detail }: CrashReport): CrashView {
  const { at, lastMessage, state, mailbox, handled, uptimeMs, ancestors, links, events } = detail;
  const report: CrashReportView = {
    pid: pid.id,
    stack: stackOf(reason),
    last_message: lastMessage ?? null,
    state: safeState(state),
    mailbox: { length: mailbox.length, counted: mailbox.counted, kinds: mailbox.kinds },
    handled,
    uptime_ms: uptimeMs,
    ancestors: ancestors.map(({ label }) => label),
    links: links.map(({ label }) => label),
    events: events ?? null,
  };
  return { at: seconds(at), reason: crashReason(reason), report };
}

/** Where the error was thrown, and below it where each of its causes was. */
function stackOf(reason: ExitReason): readonly string[] {
  const lines: string[] = [];
  let error: unknown = typeof reason === 'object' && 'error' in reason ? reason.error : undefined;
  for (let depth = 0; error instanceof Error && depth <= MOST_CAUSES; depth += 1) {
    if (depth > 0) lines.push(`caused by ${redactLine(`${error.name}: ${error.message}`.slice(0, 500))}`);
    lines.push(...(error.stack ?? '').split('\n').flatMap((line) => /^ +(at .*)$/.exec(line)?.[1] ?? []));
    error = error.cause;
  }
  return lines.length > MOST_FRAMES ? [...lines.slice(0, MOST_FRAMES), `${lines.length - MOST_FRAMES} more`] : lines;
}
