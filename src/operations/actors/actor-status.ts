import type { Pid } from '../../otp/index.js';
import { findRow, type ActorsNeeds } from './actor-rows.js';
import type { ActorStatusView } from './actor-view.js';
import { safeState } from './crash-view.js';
import { viewActors } from './view-actors.js';

/** All that can be seen of one actor; plain reads. Undefined: there is no such path. */
export function actorStatus(needs: ActorsNeeds, root: Pid | undefined, path: string): ActorStatusView | undefined {
  const { system } = needs;
  const row = root && findRow(system, root, path);
  const actor = viewActors(needs, root, { path, depth: 0 });
  if (row === undefined || actor === undefined) return undefined;
  const status = typeof row.child === 'object' ? system.sys.getStatus(row.child) : undefined;
  if (status === undefined) return { actor, running: null };
  const { lastMessage, mailbox, ancestors, links, state, statistics, events } = status;
  return {
    actor,
    running: {
      last_message: lastMessage ?? null,
      mailbox: { length: mailbox.length, counted: mailbox.counted, kinds: mailbox.kinds },
      ancestors: ancestors.map(({ label }) => label),
      links: links.map(({ label }) => label),
      state: safeState(state),
      statistics: statistics ?? null,
      events: events ?? null,
    },
  };
}
