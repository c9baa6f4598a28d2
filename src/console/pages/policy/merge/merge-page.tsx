import { useEffect, useState } from 'preact/hooks';
import type { JsonObject } from '../../../../model/document.js';
import { useAsked } from '../../../api/use-asked.js';
import { dropFromDraft, entryOf, putInDraft } from '../../../draft/draft.js';
import { DRAFT_RESOURCES, nameOf, type DraftEntry, type DraftResource } from '../../../draft/draft-entry.js';
import { Button } from '../../../parts/button.js';
import { Card } from '../../../parts/card.js';
import { Empty } from '../../../parts/empty.js';
import { Waiting } from '../../../parts/loaded.js';
import { Page } from '../../../parts/page.js';
import { Problem } from '../../../parts/problem.js';
import { goTo, hrefOf, place } from '../../../route/route.js';
import { known } from '../use-document.js';
import { useNames } from '../use-names.js';
import { FieldChoices } from './field-choices.js';
import { isQuiet, mergeDocuments, openChoices, resolvedDocument, type Choices } from './merge-documents.js';
import { RuleChoices } from './rule-choices.js';
import type { Side } from './merge-rules.js';

/** Two people changed one document: what it was, theirs, mine, and what is to come of it (docs/console.md#policy). */
export function MergePage() {
  const { query } = place.value;
  const resource = DRAFT_RESOURCES.find((one) => one === query.get('resource'));
  const id = query.get('id') ?? '';
  const entry = resource === undefined ? undefined : entryOf({ resource, id });
  if (resource === undefined || entry === undefined || entry.base === null)
    return (
      <Page title="Two changes at once">
        <Empty title="The draft has no change of this document">
          <a href={hrefOf(['policy', 'plan'])}>To the plan</a>
        </Empty>
      </Page>
    );
  return <Merge key={`${resource} ${id}`} resource={resource} entry={entry} base={entry.base} />;
}

function Merge({ resource, entry, base }: { resource: DraftResource; entry: DraftEntry; base: JsonObject }) {
  const { id, wanted } = entry;
  const asked = useAsked<JsonObject>(`/api/V2/${resource}/${encodeURIComponent(id)}`, { on: ['policy_edit'] });
  const names = useNames();
  const [choices, setChoices] = useState<Choices>(new Map());
  const theirs = asked.value === undefined ? undefined : known(resource, asked.value);
  const etag = asked.answer?.etag ?? null;
  const gone = asked.failure?.status === 404;
  const merge =
    theirs === undefined || wanted === null
      ? undefined
      : mergeDocuments(resource, { base, theirs, mine: wanted }, choices);
  const open = merge === undefined ? [] : openChoices(merge, choices);
  const use = (doc: JsonObject | null) => {
    if (theirs === undefined) return;
    putInDraft({ ...entry, base: theirs, etag, wanted: doc });
    goTo(['policy', 'plan']);
  };
  const quiet = merge !== undefined && isQuiet(merge) && !gone;
  useEffect(() => {
    // The server wrote something of its own into the row: nobody has to look at that.
    if (quiet && merge !== undefined && etag !== entry.etag) use(resolvedDocument(merge, choices));
  }, [quiet, etag]);
  const choose = (key: string, side: Side) => setChoices(new Map([...choices, [key, side]]));
  return (
    <Page
      title="Two changes at once"
      about={
        <>
          Somebody else changed {resource} {nameOf(entry)} after you began. Nothing is written yet: say what is to come
          of both, and it is planned again.
        </>
      }
    >
      {gone ? (
        <Card title="It was removed">
          <div class="stack">
            <p>
              Somebody removed {resource} {nameOf(entry)}.
            </p>
            <div class="row">
              <Button
                onPress={() => {
                  dropFromDraft(entry);
                  goTo(['policy', 'plan']);
                }}
              >
                Take theirs: it stays removed
              </Button>
              {wanted !== null && (
                <Button
                  onPress={() => {
                    putInDraft({ ...entry, base: null, etag: null, wanted });
                    goTo(['policy', 'plan']);
                  }}
                >
                  Take mine: make it anew
                </Button>
              )}
            </div>
          </div>
        </Card>
      ) : (
        <Problem failure={asked.failure} />
      )}
      {theirs === undefined && asked.failure === undefined && <Waiting />}
      {theirs !== undefined && !gone && wanted === null && (
        <Card title="You removed it, they changed it">
          <div class="row">
            <Button
              onPress={() => {
                dropFromDraft(entry);
                goTo(['policy', 'plan']);
              }}
            >
              Take theirs: it stays
            </Button>
            <Button kind="danger" onPress={() => use(null)}>
              Take mine: remove it
            </Button>
          </div>
        </Card>
      )}
      {merge !== undefined && !gone && (
        <>
          <FieldChoices fields={merge.shown} choices={choices} choose={choose} />
          {(['inbound', 'outbound'] as const).map((direction) => (
            <RuleChoices
              key={direction}
              direction={direction}
              merge={merge[direction]}
              choices={choices}
              choose={choose}
              names={names}
            />
          ))}
          <div class="row">
            <Button
              kind="main"
              disabledWhy={open.length > 0 ? 'Choose theirs or mine where both changed the same' : undefined}
              onPress={() => use(resolvedDocument(merge, choices))}
            >
              Use this and plan again
            </Button>
            <Button
              onPress={() => {
                dropFromDraft(entry);
                goTo(['policy', 'plan']);
              }}
            >
              Take all of theirs
            </Button>
            <Button onPress={() => use(wanted)}>Take all of mine</Button>
            {open.length > 0 && (
              <span class="quiet" role="status">
                {open.length === 1 ? 'One thing is' : `${open.length} things are`} to be chosen yet.
              </span>
            )}
          </div>
        </>
      )}
    </Page>
  );
}
