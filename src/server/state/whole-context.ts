import type { ServerContext } from '../../actors/context.js';
import type { ServerState } from './server-state.js';

/** All of it as one object, for actors that do not declare yet what they use. */
export function wholeContext({ base, policy, delivery, fleet }: ServerState): ServerContext {
  return { clock: base.system.clock, ...base, ...policy, ...delivery, ...fleet };
}
