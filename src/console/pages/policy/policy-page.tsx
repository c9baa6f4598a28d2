import { DraftBar } from '../../draft/draft-bar.js';
import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';
import { hrefOf, place } from '../../route/route.js';
import { DocumentPage } from './document-page.js';
import { kindOf, KINDS } from './kinds.js';
import { MergePage } from './merge/merge-page.js';
import { NewDocument } from './new-document.js';
import { PlanPage } from './plan/plan-page.js';
import { PolicyList } from './policy-list.js';
import { RulesetWay } from './ruleset-way.js';

/** Profiles, zones, services, groups and links: lists, one of them, the plan of what was changed (docs/console.md#policy). */
export default function PolicyPage() {
  const [, segment, id] = place.value.segments;
  if (segment === 'plan') return <PlanPage />;
  if (segment === 'rulesets' && id !== undefined) return <RulesetWay id={id} />;
  if (segment === 'merge') return <MergePage />;
  const kind = segment === undefined ? KINDS[0] : kindOf(segment);
  if (kind === undefined)
    return (
      <Page title="Policy">
        <DraftBar />
        <Empty title="There is no such kind of document">
          <a href={hrefOf(['policy'])}>To the profiles</a>
        </Empty>
      </Page>
    );
  if (id === 'new') return <NewDocument kind={kind} />;
  return id === undefined ? (
    <PolicyList kind={kind} />
  ) : (
    <DocumentPage key={`${kind.segment}/${id}`} kind={kind} id={id} />
  );
}
