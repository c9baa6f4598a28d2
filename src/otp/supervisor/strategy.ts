import { isOrderly } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';

/** Whose turn it is when a child dies. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** `permanent`: always restarted; `transient`: after an abnormal end only; `temporary`: never. */
export type Restart = 'permanent' | 'transient' | 'temporary';

/** What becomes of a child that has ended: started again, kept as a stopped row, or forgotten with its spec. */
export type Verdict = 'restart' | 'keep_undefined' | 'forget';

/**
 * What a restart type makes of an exit reason (https://www.erlang.org/doc/apps/stdlib/supervisor.html#t:child_spec/0,
 * `do_restart` of supervisor.erl).
 */
export function verdict(restart: Restart, reason: ExitReason): Verdict {
  if (restart === 'permanent') return 'restart';
  if (restart === 'temporary') return 'forget';
  return isOrderly(reason) ? 'keep_undefined' : 'restart';
}

/**
 * Which children a restart of `failed` takes along (https://www.erlang.org/doc/system/sup_princ.html#restart-strategy):
 * `stop` in reverse start order and without `failed`, which is down already; `start` in start order, with it. An
 * unknown `failed` affects no child.
 */
export function affected(
  strategy: Strategy,
  idsInStartOrder: readonly string[],
  failed: string,
): { readonly stop: readonly string[]; readonly start: readonly string[] } {
  const at = idsInStartOrder.indexOf(failed);
  if (at < 0) return { stop: [], start: [] };
  switch (strategy) {
    case 'one_for_one':
    case 'simple_one_for_one':
      return { stop: [], start: [failed] };
    case 'one_for_all':
      return { stop: idsInStartOrder.filter((id) => id !== failed).reverse(), start: idsInStartOrder };
    case 'rest_for_one':
      return { stop: idsInStartOrder.slice(at + 1).reverse(), start: idsInStartOrder.slice(at) };
  }
}
