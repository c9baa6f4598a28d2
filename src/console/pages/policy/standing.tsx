import { Button } from '../../parts/button.js';
import { hrefOf } from '../../route/route.js';
import { refusal } from '../../draft/refusal.js';
import { becomes } from '../../draft/draft-entry.js';
import type { Edited } from './use-document.js';

const WORDS = {
  created: 'This is new, and only in your draft.',
  changed: 'You changed this; the change is only in your draft.',
  removed: 'It is removed when the draft is applied.',
};

/** How a document stands in the draft, that somebody else changed it meanwhile, and why it was refused. */
export function Standing({ edited: { entry, movedOn, takeBack, resource, id } }: { edited: Edited }) {
  const last = refusal.value;
  const refused = last !== undefined && last.resource === resource && last.id === id ? last : undefined;
  if (entry === undefined)
    return (
      <p class="standing quiet">
        As it is stored. What you change goes into a draft, and ships when you apply its plan.
      </p>
    );
  return (
    <>
      <p class="note row spread standing">
        <span>{WORDS[becomes(entry)]}</span>
        <Button kind="plain" onPress={takeBack}>
          Take it back
        </Button>
      </p>
      {movedOn && (
        <p class="note" data-tone="warn" role="status">
          Somebody else changed it since you began.{' '}
          <a href={hrefOf(['policy', 'merge'], { resource, id })}>Look at both changes</a>
        </p>
      )}
      {refused !== undefined && (
        <p class="note" data-tone="bad" role="alert">
          The server refuses the {resource} as it is: {refused.faults[0]?.text}{' '}
          {refused.faults[0]?.path.length !== 0 && `(${placeText(refused.faults[0]?.path ?? [])}) `}
          <code>{refused.code}</code>
        </p>
      )}
    </>
  );
}

/** `rules › inbound › 3 › service`: people count from 1. */
function placeText(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === 'number' ? key + 1 : key)).join(' › ');
}
