import type { JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { useAsked } from '../../api/use-asked.js';
import { draft } from '../../draft/draft.js';
import { becomes, nameOf } from '../../draft/draft-entry.js';
import { DraftBar } from '../../draft/draft-bar.js';
import { Badge } from '../../parts/badge.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { TextField } from '../../parts/field.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Pager } from '../../parts/pager.js';
import { Tabs } from '../../parts/tabs.js';
import { changeQuery, hrefOf, place } from '../../route/route.js';
import type { Kind } from './kinds.js';
import { KINDS } from './kinds.js';
import { detailColumns, matches } from './list-details.js';

const PAGE = 100;

/** All documents of one kind, with those of the draft. */
export function PolicyList({ kind }: { kind: Kind }) {
  const q = place.value.query.get('q') ?? '';
  const offset = Number(place.value.query.get('offset') ?? 0);
  const asked = useAsked<readonly JsonObject[]>(`/api/V2/${kind.segment}`, { on: ['policy_edit'] });
  const groups = useAsked<readonly JsonObject[]>(kind.segment === 'profiles' ? '/api/groups' : null, {
    on: ['policy_edit'],
  }).value;
  const profiles = useAsked<readonly JsonObject[]>(kind.segment === 'groups' ? '/api/profiles' : null, {
    on: ['policy_edit'],
  }).value;
  return (
    <Page
      title="Policy"
      about={kind.about}
      actions={
        <a class="button" href={hrefOf(['policy', kind.segment, 'new'])}>
          New {kind.one}
        </a>
      }
    >
      <Tabs
        label="Kinds of documents"
        current={kind.segment}
        tabs={KINDS.map(({ segment, title }) => [segment, title, hrefOf(['policy', segment])])}
      />
      <div class="filters">
        <TextField
          label={`Search ${kind.title.toLowerCase()}`}
          type="search"
          value={q}
          onValue={(value) => changeQuery({ q: value, offset: null })}
          placeholder="Name or content"
        />
      </div>
      <Loaded asked={asked}>
        {(stored) => {
          const rows = withDraft(kind, stored).filter((doc) => matches(doc, q));
          if (rows.length === 0)
            return q === '' ? (
              <Empty title={`There are no ${kind.title.toLowerCase()} yet`}>
                <a href={hrefOf(['policy', kind.segment, 'new'])}>Make the first one</a>
              </Empty>
            ) : (
              <Empty title={`No ${kind.one} has “${q}” in it`} />
            );
          return (
            <>
              <DataTable
                caption={kind.title}
                rows={rows.slice(offset, offset + PAGE)}
                keyOf={({ id }) => textOf(id)}
                columns={[nameColumn(kind), ...detailColumns(kind.segment, { groups, profiles })]}
              />
              <Pager
                offset={offset}
                limit={PAGE}
                total={rows.length}
                what={kind.title.toLowerCase()}
                onMove={(next) => changeQuery({ offset: next })}
              />
            </>
          );
        }}
      </Loaded>
      <DraftBar />
    </Page>
  );
}

function nameColumn({ segment, resource }: Kind): Column<JsonObject> {
  return {
    key: 'name',
    title: 'Name',
    show: ({ id, name }) => {
      const entry = draft.value.find((one) => one.resource === resource && one.id === id);
      const text = typeof name === 'string' && name !== '' ? name : textOf(id);
      return (
        <span class="row tight">
          <a href={hrefOf(['policy', segment, textOf(id)])}>{entry === undefined ? text : nameOf(entry)}</a>
          {entry !== undefined && <Badge tone="info">{becomes(entry)} in the draft</Badge>}
        </span>
      );
    },
  };
}

/** By name; built-in groups are no documents. */
function withDraft({ resource, segment }: Kind, stored: readonly JsonObject[]): readonly JsonObject[] {
  const entries = draft.value.filter((one) => one.resource === resource);
  const ids = new Set(stored.map(({ id }) => id));
  const rows: JsonObject[] = stored
    .filter(({ id }) => !(segment === 'groups' && id === 'all-active'))
    .map((doc) => entries.find(({ id }) => id === doc['id'])?.wanted ?? doc);
  for (const { id, wanted } of entries) if (!ids.has(id) && wanted !== null) rows.push({ ...wanted, id });
  return rows.sort((a, b) => textOf(a['name']).localeCompare(textOf(b['name'])));
}
