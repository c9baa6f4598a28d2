/**
 * Why a process ended, with OTP's meanings (https://www.erlang.org/doc/system/ref_man_processes.html).
 * - `normal`, `shutdown`, `{shutdown}`: orderly; no crash report, a transient child is not restarted.
 * - `kill`: only ever *sent*, as an exit signal that can't be trapped; the process then ends with `killed`.
 * - `noproc`: linked to, monitored or called a process that does not exist.
 * - `{error}`: something was thrown; `error` is what was thrown.
 * - `{term}`: any other value, given on purpose to `stop` or `exit`.
 */
export type ExitReason =
  | 'normal'
  | 'shutdown'
  | 'kill'
  | 'killed'
  | 'noproc'
  | { readonly shutdown: unknown }
  | { readonly error: unknown }
  | { readonly term: unknown };

/** True for `normal`, `shutdown` and `{shutdown}`: the process ended as intended. */
export function isOrderly(reason: ExitReason): boolean {
  return reason === 'normal' || reason === 'shutdown' || (typeof reason === 'object' && 'shutdown' in reason);
}

function describe(value: unknown, depth: number): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 0) return '...';
  // Class instances such as Pid say best themselves what they are.
  const text = (value as { toString?: unknown }).toString;
  if (typeof text === 'function' && text !== Object.prototype.toString && !Array.isArray(value)) {
    return (text as () => string).call(value);
  }
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${describe(part, depth - 1)}`);
  return `{${parts.join(', ')}}`;
}

/** One line for logs and the tree, at most 500 characters; stacks stay with the report's own error. */
export function formatReason(reason: ExitReason): string {
  let text: string;
  if (typeof reason === 'string') text = reason;
  else if ('error' in reason) text = describe(reason.error, 4);
  else if ('term' in reason) text = describe(reason.term, 4);
  else text = `shutdown: ${describe(reason.shutdown, 4)}`;
  return text.length > 500 ? `${text.slice(0, 497)}...` : text;
}
