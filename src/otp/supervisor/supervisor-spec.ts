import type { AnyChildSpec, ChildSpec, SupFlags } from './child-spec.js';
import { startSupervisor } from './supervisor.js';

/** A supervisor as a child: its name is its id, and how operators see it in the tree. */
export function supervisorSpec(id: string, flags: SupFlags, children: () => readonly AnyChildSpec[]): ChildSpec {
  return {
    id,
    type: 'supervisor',
    start: ({ system, parent }) =>
      startSupervisor(system, () => ({ flags, children: children() }), { parent, name: id }),
  };
}
