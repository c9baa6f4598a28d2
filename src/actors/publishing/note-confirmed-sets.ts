import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/schema.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { Document } from '../../model/document.js';
import type { Clock } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { World } from '../../world/world.js';
import type { ConvergenceBook } from '../hosts/convergence-book.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';
import { nowSeconds } from '../now-seconds.js';
import type { Notes } from '../store/notes.js';
import type { ConfirmedSets } from './confirmed-sets.js';

export interface NoteConfirmedSetsNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'ipset_hash_valid_seconds' | 'ipset_number_to_keep'>;
  readonly world: Pick<World, 'rows'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'sha' | 'with' | 'add' | 'unrecorded' | 'recorded'>;
  readonly notes: Pick<Notes, 'put'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly convergence: Pick<ConvergenceBook, 'setsOut'>;
}

/** Which text all agents have, so that a restart need not send it again (table `setting`). */
export const PUBLISHED = 'sets_published';

/** SHA-256, in hex, of the text that all agents have, as the store knows it; `undefined`: it knows of none. */
export async function loadConfirmedSha(store: Pick<Store, 'get'>): Promise<string | undefined> {
  const sha = (await store.get('setting', PUBLISHED))?.doc.text_sha256;
  return typeof sha === 'string' ? sha : undefined;
}

/**
 * All agents have these sets: their hash becomes what hosts are compared with; rows are added only when it changed
 * (docs/host-lifecycle.md#accepted-hashes-of-the-sets). Two notes: a table that refuses one of them does not
 * hold up the other.
 */
export function noteConfirmedSets(needs: NoteConfirmedSetsNeeds, { hash, sha }: RenderedSets): void {
  const { world, config, confirmedSets, notes, events, convergence } = needs;
  const now = nowSeconds(needs.clock);
  confirmedSets.sha = sha;
  events.put({ kind: 'sets_published', hash });
  const rows = confirmedSets.with(world.rows('ipset'));
  if (newestSetHash(rows) !== hash) {
    // Later than all others, also when the clock was set back: which one is the newest is told by the time alone.
    const timestamp = Math.max(now, ...rows.map((row) => timeOf(row) + 1));
    confirmedSets.add({ id: randomUUID(), hash, timestamp });
    convergence.setsOut(hash);
  }
  notes.put('sets', {
    changes: () => [
      {
        op: 'upsert',
        table: 'setting',
        id: PUBLISHED,
        edit: (doc) => (doc?.text_sha256 === sha ? doc : { id: PUBLISHED, text_sha256: sha, hash, published_at: now }),
      },
    ],
  });
  const added = confirmedSets.unrecorded();
  if (added.length === 0) return;
  const outdated = outdatedRows(rows, config.ipset_number_to_keep, now - config.ipset_hash_valid_seconds);
  notes.put('set hashes', {
    changes: () => [
      ...added.map((row) => ({ op: 'upsert', table: 'ipset', id: row.id, edit: () => row }) as const),
      ...outdated.map((id) => ({ op: 'remove', table: 'ipset', id }) as const),
    ],
    ended: (written) => {
      if (written) confirmedSets.recorded(added);
    },
  });
}

/** Rows beyond the number to keep whose time is also past the window, the one row that still counted then left out. */
function outdatedRows(rows: readonly Document[], keep: number, before: number): readonly string[] {
  return [...rows]
    .sort((a, b) => timeOf(b) - timeOf(a))
    .slice(keep - 1)
    .slice(1)
    .filter((row) => timeOf(row) < before)
    .map((row) => row.id);
}

function timeOf({ timestamp }: Document): number {
  return typeof timestamp === 'number' ? timestamp : 0;
}
