import type { Document, JsonObject } from '../model/document.js';
import type { HashField } from './hash-check.js';
import type { HostKnowledge } from './host-report.js';
import { fieldsOf, stateOf, TRANSITIONS, type AlertKind, type HostState } from './host-state.js';

/** What follows from reading a host's rules back, beside the row. */
export interface ReadBackOutcome {
  readonly row: JsonObject;
  readonly known: HostKnowledge;
  readonly from: HostState;
  readonly to: HostState;
  readonly mail?: AlertKind;
}

/**
 * What it means for a host that its rules were read back and that these hashes of them are not as sent; none: all are.
 * `undefined`: nothing changes, or the host has meanwhile shown its rules itself or fallen silent. What was read needs no
 * second look, so one is enough to fail.
 */
export function decideReadBack(
  row: Document,
  known: HostKnowledge | undefined,
  differing: readonly HashField[],
  maxFailCount: number,
): ReadBackOutcome | undefined {
  const from = stateOf(row);
  if (known?.unverified === undefined || (from !== 'active' && from !== 'active_hashfail')) return undefined;
  const { readBack: before = [], ...rest } = known;
  if (before.join() === differing.join()) return undefined;
  const failed = differing.length > 0;
  const step = TRANSITIONS[from][failed ? 'fail_hashcheck' : 'pass_hashcheck'];
  return {
    row: { ...row, ...fieldsOf(step.to), hash_fail_count: failed ? maxFailCount : 0 },
    known: failed ? { ...rest, readBack: differing } : rest,
    from,
    to: step.to,
    ...(step.mail === undefined ? {} : { mail: step.mail }),
  };
}
