import { cast, type Self } from '../../otp/index.js';
import type { Log } from '../../log/log.js';
import { IPSET_PUBLISHER, IPTABLES_PUBLISHER } from '../publishing/publisher-messages.js';
import type { AgentGuardState } from './agent-guard-state.js';

export interface GuardOpenedNeeds {
  readonly guard: Pick<AgentGuardState, 'heard'>;
  readonly log: Log;
}

/** A report was handled, so agents report. If none had before, what was held back goes out now. */
export function guardOpened({ system }: Pick<Self, 'system'>, { guard, log }: GuardOpenedNeeds): void {
  if (!guard.heard()) return;
  log.info({}, 'agents are heard again: deadlines start anew and publishing goes on');
  cast(system, IPSET_PUBLISHER, { tag: 'resume' });
  cast(system, IPTABLES_PUBLISHER, { tag: 'resume' });
}
