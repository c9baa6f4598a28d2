import type { Drift } from '../actors/hosts/drift-book.js';
import { stateOf } from '../host/host-state.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { HostLine } from './fleet-answers.js';

/** A host's row as one line of a list; `drift` undefined: its rules do not differ. */
export function hostLine(row: Document, drift?: Drift): HostLine {
  return {
    id: row.id,
    name: textOf(row.name),
    hostkey: textOf(row.hostkey),
    group: textOf(row.group),
    state: stateOf(row),
    unverified: row.unverified === true,
    reported_at: typeof row.keepalive_timestamp === 'number' ? row.keepalive_timestamp : null,
    differing: drift?.differing ?? [],
    differs_since: drift?.since ?? null,
    repair_attempts: drift?.repairs ?? 0,
  };
}
