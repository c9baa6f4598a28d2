import { createHash } from 'node:crypto';

/** A host as far as its place in a rollout goes. */
export interface Placed {
  readonly hostkey: string;
  /** Comes before those that are not (docs/rollout.md#which-hosts-come-first). */
  readonly canary: boolean;
}

const hashes = new Map<string, string>();
const MOST_KEPT = 200_000;

/**
 * The hosts of a group in the order in which they get a new revision: canaries first, then by a hash of hostkey and group,
 * so that it is the same hosts every time, and not those that another group's rollouts begin with.
 */
export function hostOrder<Host extends Placed>(hosts: Iterable<Host>, groupId: string): readonly Host[] {
  return [...hosts]
    .map((host) => ({ host, place: place(host.hostkey, groupId) }))
    .sort(
      (a, b) => Number(b.host.canary) - Number(a.host.canary) || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0),
    )
    .map(({ host }) => host);
}

/** Each pair is hashed once: the answer never changes, so what is kept is only bounded. */
function place(hostkey: string, groupId: string): string {
  const of = `${groupId}\0${hostkey}`;
  const known = hashes.get(of);
  if (known !== undefined) return known;
  if (hashes.size >= MOST_KEPT) hashes.clear();
  const hash = createHash('sha256').update(of).digest('hex');
  hashes.set(of, hash);
  return hash;
}
