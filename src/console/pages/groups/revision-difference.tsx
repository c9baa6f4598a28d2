import type { RevisionDiffAnswer } from '../../../http/views/revision-view.js';
import { RULESET_VARIANTS } from '../../../model/ruleset-variants.js';
import { useAsked } from '../../api/use-asked.js';
import { hashName } from '../../fleet/hash-names.js';
import { Diff } from '../../parts/diff.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { FlowList } from './flow-list.js';

/** How two revisions differ: what opens and closes, then the lines. */
export function RevisionDifference({ path }: { path: string }) {
  const asked = useAsked<RevisionDiffAnswer>(path);
  return <Loaded asked={asked}>{(answer) => <Shown answer={answer} />}</Loaded>;
}

function Shown({ answer: { diff, flows } }: { answer: RevisionDiffAnswer }) {
  const texts = RULESET_VARIANTS.filter(({ apiName }) => diff[apiName] !== '');
  if (texts.length === 0) return <Empty title="They are the same" />;
  return (
    <div class="stack">
      {flows === null && <p class="quiet">What opens and closes can’t be told while no server leads.</p>}
      {flows !== null && flows.unclear !== null && (
        <p class="quiet">What opens and closes can’t be told: {flows.unclear}</p>
      )}
      {flows !== null && flows.unclear === null && (
        <>
          <FlowList title="Opens" flows={flows.opens} />
          <FlowList title="Closes" flows={flows.closes} />
          <FlowList title="Changes" flows={flows.changes} />
          {flows.opens.length + flows.closes.length + flows.changes.length === 0 && (
            <p class="quiet">Nothing opens and nothing closes, with the sets as they are now.</p>
          )}
        </>
      )}
      {texts.map(({ apiName, hashField }) => (
        <section key={apiName}>
          <h3>{hashName(hashField)}</h3>
          <Diff text={diff[apiName]} label={`Difference of the ${hashName(hashField)}`} />
        </section>
      ))}
    </div>
  );
}
