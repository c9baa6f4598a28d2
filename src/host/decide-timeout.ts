import type { Document, JsonObject } from '../model/document.js';
import type { HostKnowledge } from './host-report.js';
import { fieldsOf, stateOf, TRANSITIONS, type AlertKind, type HostState } from './host-state.js';

export interface TimeoutOutcome {
  readonly row: JsonObject;
  readonly from: HostState;
  readonly to: HostState;
  readonly mail?: AlertKind;
}

/**
 * What a passed deadline does to a host. A host that said good-bye goes inactive without a mail
 * (docs/host-lifecycle.md#a-host-that-stops); everything else is the table's.
 */
export function decideTimeout(
  row: Document,
  known: HostKnowledge | undefined,
  event: 'keepalive_timeout' | 'retirement_timeout',
): TimeoutOutcome {
  const from = stateOf(row);
  const step = TRANSITIONS[from][event];
  const announced = known?.stoppedAt !== undefined && event === 'keepalive_timeout';
  return {
    row: step.to === from ? row : { ...row, ...fieldsOf(step.to) },
    from,
    to: step.to,
    ...(step.mail === undefined || announced ? {} : { mail: step.mail }),
  };
}
