import type { ActorPage, ActorSort, ActorView } from '../../../operations/actors/actor-view.js';
import { useAsked } from '../../api/use-asked.js';
import { actorFeed } from '../../live/feeds.js';
import { now } from '../../live/now.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Loaded } from '../../parts/loaded.js';
import { Pager } from '../../parts/pager.js';
import { changeQuery, place } from '../../route/route.js';
import { ACTOR_CHANGES, REFRESH_MS } from './actor-changes.js';
import { actorColumns, actorTone } from './actor-columns.js';
import { ActorName } from './actor-name.js';

const LIMIT = 50;
/** Names rise; figures fall. */
const RISING: ReadonlySet<string> = new Set<ActorSort>(['name', 'id', 'start']);

/** Actors side by side, sorted over all supervisors, a page at a time. */
export function ActorList() {
  const { query } = place.value;
  const [q, under, sort, offset] = [
    query.get('q') ?? '',
    query.get('under'),
    query.get('sort') ?? 'mailbox',
    Number(query.get('offset') ?? 0),
  ];
  const asked = new URLSearchParams({ flat: 'true', limit: `${LIMIT}`, offset: `${offset}`, sort });
  if (q !== '') asked.set('q', q);
  if (under !== null) asked.set('path', under);
  const list = useAsked<ActorPage>(`/api/V2/actors?${asked}`, {
    feed: actorFeed,
    on: ACTOR_CHANGES,
    everyMs: REFRESH_MS,
  });
  return (
    <>
      {under !== null && (
        <p class="small">
          Only <code>{under}</code> and what is below it. <FilterLink by={{ under: null }}>Show all</FilterLink>
        </p>
      )}
      <Loaded asked={list}>
        {({ actors, total }) =>
          total === 0 ? (
            <Empty title="No actor has this in its id or name">
              <FilterLink by={{ q: null, under: null }}>Show all</FilterLink>
            </Empty>
          ) : (
            <>
              <DataTable<ActorView>
                caption="Actors side by side"
                columns={[
                  { key: 'name', title: 'Actor', sorts: true, show: (actor) => <ActorName actor={actor} whole /> },
                  ...actorColumns<ActorView>((actor) => actor),
                ]}
                rows={actors}
                keyOf={({ path }) => path}
                toneOf={(actor) => actorTone(actor, now.value)}
                sort={{ by: sort, order: RISING.has(sort) ? 'asc' : 'desc' }}
                onSort={(by) => changeQuery({ sort: by, offset: null })}
              />
              <Pager
                offset={offset}
                limit={LIMIT}
                total={total}
                what="actors"
                onMove={(to) => changeQuery({ offset: to === 0 ? null : to })}
              />
            </>
          )
        }
      </Loaded>
    </>
  );
}
