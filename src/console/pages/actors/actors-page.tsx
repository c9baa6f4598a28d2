import { Card } from '../../parts/card.js';
import { Page } from '../../parts/page.js';
import { QueryField } from '../../parts/query-field.js';
import { Tabs } from '../../parts/tabs.js';
import { hrefOf, place } from '../../route/route.js';
import { ActorList } from './actor-list.js';
import { useActorMarks } from './actor-marks.js';
import { ActorPanel } from './actor-panel.js';
import { ActorTree } from './actor-tree.js';
import { Happenings } from './happenings.js';

/** The actors of this server: the tree, the same side by side, one of them, and what happens to them. */
export default function ActorsPage() {
  useActorMarks();
  const { query } = place.value;
  const [q, path, isList] = [query.get('q') ?? '', query.get('path'), query.get('view') === 'list'];
  return (
    <Page title="Actors" about="The processes inside this server: who supervises whom, what waits, what crashed.">
      <div class="filters">
        <QueryField
          search
          label="Search by id or name"
          name="q"
          hint="Enter lists what is found"
          besides={(value) => ({ view: value === '' && !isList ? null : 'list' })}
        />
      </div>
      <Tabs
        label="Views of the actors"
        current={isList ? 'list' : 'tree'}
        tabs={[
          ['tree', 'Tree', hrefOf(['actors'], { path })],
          ['list', 'List', hrefOf(['actors'], { view: 'list', path, q })],
        ]}
      />
      <div class={path === null ? undefined : 'actors-split'}>
        <div class="actors-table">
          <Card title={isList ? 'All actors' : 'Tree'}>{isList ? <ActorList /> : <ActorTree />}</Card>
        </div>
        {path !== null && <ActorPanel key={path} path={path} />}
      </div>
      <Happenings />
    </Page>
  );
}
