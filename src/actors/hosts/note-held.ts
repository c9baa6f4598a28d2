import type { Config } from '../../config/schema.js';
import { periodBegun, withPeriod } from '../../host/hash-history.js';
import type { JsonObject } from '../../model/document.js';
import type { Notes } from '../store/notes.js';

export interface NoteHeldNeeds {
  readonly config: Pick<Config, 'keepalive_alert_seconds'> & { readonly host: Pick<Config['host'], 'history_keep'> };
  readonly notes: Pick<Notes, 'put'>;
}

/**
 * Takes note of what a host holds, where its report says something else than the one before, or came after a silence: most
 * reports write nothing. `before`, `after`: its row. `first`: nothing was noted of it in this run yet.
 */
export function noteHeld(
  { config, notes }: NoteHeldNeeds,
  hostkey: string,
  before: JsonObject,
  after: JsonObject,
  { at, first }: { readonly at: number; readonly first: boolean },
): void {
  const begun = periodBegun(before, after, at, config.keepalive_alert_seconds);
  if (begun.goesOn && !first) return;
  // Each has a key of its own: one that waits is not replaced by the next.
  notes.put(`host_history ${hostkey} ${at}`, {
    changes: () => [
      {
        op: 'upsert',
        table: 'host_history',
        id: hostkey,
        edit: (doc) => withPeriod(hostkey, doc, begun, config.host.history_keep),
      },
    ],
  });
}
