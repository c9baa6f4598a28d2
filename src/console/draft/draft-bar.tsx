import { useState } from 'preact/hooks';
import { Button } from '../parts/button.js';
import { Confirm } from '../parts/confirm.js';
import { hrefOf } from '../route/route.js';
import { discardDraft, draft, draftNotKept } from './draft.js';
import { nameOf } from './draft-entry.js';

/** That there are changes which are not applied yet, and the way to plan them. */
export function DraftBar() {
  const [asking, setAsking] = useState(false);
  const entries = draft.value;
  if (entries.length === 0) return null;
  return (
    <section class="draft-bar" aria-label="Draft">
      <span>
        <strong>{entries.length === 1 ? '1 change' : `${entries.length} changes`}</strong> in the draft:{' '}
        <span class="quiet">
          {entries
            .slice(0, 4)
            .map((entry) => `${entry.resource} ${nameOf(entry)}`)
            .join(', ')}
          {entries.length > 4 && ` and ${entries.length - 4} more`}
        </span>
        {draftNotKept.value && ' It is too large to be kept: it is lost when this page is loaded again.'}
      </span>
      <span class="row">
        <a class="button" data-kind="main" href={hrefOf(['policy', 'plan'])}>
          Plan
        </a>
        <Button onPress={() => setAsking(true)}>Discard</Button>
      </span>
      {asking && (
        <Confirm
          title="Discard the draft?"
          doText="Discard"
          danger
          act={async () => discardDraft()}
          onClose={() => setAsking(false)}
        >
          <p>What was changed here and is not applied is lost. Nothing was written to the server.</p>
        </Confirm>
      )}
    </section>
  );
}
