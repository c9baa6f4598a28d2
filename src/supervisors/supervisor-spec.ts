import { startSupervisor, type AnyChildSpec, type ChildSpec, type SupFlags } from '../otp/index.js';

/** A supervisor as a child: its name is its id, and how operators see it in the tree. */
export function supervisorSpec(id: string, flags: SupFlags, children: () => readonly AnyChildSpec[]): ChildSpec {
  return {
    id,
    type: 'supervisor',
    start: ({ kernel, parent }) =>
      startSupervisor(kernel, () => ({ flags, children: children() }), { parent, name: id }),
  };
}
