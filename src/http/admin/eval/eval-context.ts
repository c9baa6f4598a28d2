import type { Document } from '../../../model/document.js';
import type { Operations } from '../../../operations/operations.js';

/** Those operations that change nothing, and what they are told of the tree. */
export interface EvalNeeds {
  readonly operations: Pick<
    Operations,
    'tree' | 'actors' | 'alarms' | 'refusedHosts' | 'drift' | 'fleet' | 'publishing' | 'readiness' | 'standing'
  >;
  /** The rows of all hosts. */
  readonly hosts: () => Promise<readonly Document[]>;
}

/** What code of the console has by name, beside JavaScript's own (docs/command-line.md#eval). All of it reads. */
export function evalContext({ operations, hosts }: EvalNeeds): Readonly<Record<string, unknown>> {
  const { actors, fleet } = operations;
  const read: Pick<
    Operations,
    'tree' | 'alarms' | 'refusedHosts' | 'drift' | 'fleet' | 'publishing' | 'readiness' | 'standing'
  > & { readonly actors: Pick<Operations['actors'], 'list' | 'status'> } = {
    tree: (request = {}) => operations.tree(request),
    actors: { list: (request = {}) => actors.list(request), status: (path) => actors.status(path) },
    alarms: () => operations.alarms(),
    refusedHosts: () => operations.refusedHosts(),
    drift: (host) => operations.drift(host),
    fleet: {
      status: () => fleet.status(),
      drifted: (wanted = { limit: 1000 }) => fleet.drifted(wanted),
      groups: () => fleet.groups(),
    },
    publishing: () => operations.publishing(),
    readiness: () => operations.readiness(),
    standing: () => operations.standing(),
  };
  return { operations: read, hosts: () => hosts() };
}
