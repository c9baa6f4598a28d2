import { cast } from '../../otp/index.js';
import type { ServerContext } from '../context.js';
import { IPSET_PUBLISHER, IPTABLES_PUBLISHER } from '../publishing/publisher-messages.js';

/** A report was handled: the fleet is heard. If it had not been, what was held back goes out now. */
export function guardOpened({ guard, system, log }: ServerContext): void {
  if (!guard.heard()) return;
  log.info({}, 'agents are heard again: deadlines start anew and publishing goes on');
  cast(system, IPSET_PUBLISHER, { tag: 'resume' });
  cast(system, IPTABLES_PUBLISHER, { tag: 'resume' });
}
