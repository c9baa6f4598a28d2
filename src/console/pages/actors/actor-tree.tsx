import { signal } from '@preact/signals';
import type { ActorView } from '../../../operations/actors/actor-view.js';
import { useAsked } from '../../api/use-asked.js';
import { actorFeed } from '../../live/feeds.js';
import { now } from '../../live/now.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { changeQuery, place } from '../../route/route.js';
import { ACTOR_CHANGES, REFRESH_MS } from './actor-changes.js';
import { actorColumns, actorTone } from './actor-columns.js';
import { TreeName } from './tree-name.js';
import { BRANCH_LIMIT, treeRows, type TreeRow } from './tree-rows.js';

/** Branches that were opened (true) or closed by hand, as long as the tab is open. */
const toggled = signal<ReadonlyMap<string, boolean>>(new Map());

/** The actors as the tree that they are, live: the first children of each supervisor, and pages of one of them. */
export function ActorTree() {
  const { query } = place.value;
  const [branchPath, from] = [query.get('branch'), Number(query.get('from') ?? 0)];
  const live = { feed: actorFeed, on: ACTOR_CHANGES, everyMs: REFRESH_MS };
  const tree = useAsked<ActorView>(`/api/V2/actors?limit=${BRANCH_LIMIT}`, live);
  const branch = useAsked<ActorView>(
    branchPath === null || !(from > 0)
      ? null
      : `/api/V2/actors?${new URLSearchParams({ path: branchPath, depth: '1', limit: `${BRANCH_LIMIT}`, offset: `${from}` })}`,
    live,
  );
  return (
    <>
      <Problem failure={branch.failure} />
      <Loaded asked={tree}>
        {(top) => (
          <DataTable<TreeRow>
            caption="The tree of actors"
            columns={[
              { key: 'name', title: 'Actor', show: (row) => <TreeName row={row} onToggle={toggle} onPage={page} /> },
              ...actorColumns<TreeRow>(({ actor }) => actor),
            ]}
            rows={treeRows(top, toggled.value, branch.value)}
            keyOf={({ actor }) => actor.path}
            toneOf={({ actor }) => actorTone(actor, now.value)}
          />
        )}
      </Loaded>
    </>
  );
}

function toggle(path: string, open: boolean): void {
  toggled.value = new Map(toggled.value).set(path, open);
}

function page(path: string, offset: number): void {
  changeQuery({ branch: offset > 0 ? path : null, from: offset > 0 ? offset : null });
}
