import type { JsonObject } from '../../../model/document.js';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { useAsked } from '../../api/use-asked.js';
import { draft, dropFromDraft, putInDraft } from '../../draft/draft.js';
import { becomes } from '../../draft/draft-entry.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { hrefOf } from '../../route/route.js';
import type { AssertionLine, AssertionsReport, GuardLine } from './explain-answer.js';
import { questionText } from './question.js';
import { WitnessLine } from './witness-line.js';

const TONES = { holds: 'ok', broken: 'bad', unknown: 'warn' } as const;

/** What is asserted, and whether it holds; the guards that the configuration has. */
export function AssertionList() {
  const asked = useAsked<AssertionsReport>('/api/V2/assertions/report', {
    on: ['policy_edit', 'ruleset_published', 'sets_published'],
  });
  const entries = draft.value.filter(({ resource }) => resource === 'assertion');
  const removal = useAction(async (id: string) => {
    const { value, etag } = await ask<JsonObject>(`/api/V2/assertion/${encodeURIComponent(id)}`);
    putInDraft({ resource: 'assertion', id, base: value, etag, wanted: null });
  });
  const entryOf = (id: string) => entries.find((entry) => entry.id === id);
  const why = (one: AssertionLine | GuardLine) =>
    one.witness === null ? (one.reason ?? '') : <WitnessLine witness={one.witness} />;
  return (
    <Card title="What must stay true">
      <div class="stack">
        <Problem failure={removal.failure} />
        <Loaded asked={asked}>
          {({ assertions, guards }) => (
            <>
              {assertions.length === 0 ? (
                <Empty title="Nothing is asserted yet">Ask above, and save the answer as an assertion.</Empty>
              ) : (
                <DataTable<AssertionLine>
                  caption="Assertions"
                  rows={assertions}
                  keyOf={({ id }) => id}
                  toneOf={({ state }) => (state === 'broken' ? 'bad' : 'none')}
                  columns={[
                    {
                      key: 'name',
                      title: 'Name',
                      show: (one) => (
                        <a
                          href={hrefOf(['connections'], {
                            from: one.from,
                            to: one.to,
                            protocol: one.protocol,
                            port: one.port,
                            family: one.family,
                          })}
                        >
                          {one.name}
                        </a>
                      ),
                    },
                    { key: 'state', title: 'State', show: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge> },
                    { key: 'expect', title: 'Expects', show: ({ expect }) => expect },
                    { key: 'what', title: 'About', show: (one) => <span class="wrap">{questionText(one)}</span> },
                    { key: 'mode', title: 'Mode', show: ({ mode }) => mode },
                    { key: 'why', title: 'Shown by', show: why },
                    {
                      key: 'do',
                      title: 'What can be done',
                      show: ({ id, name }) => {
                        const entry = entryOf(id);
                        if (entry === undefined)
                          return (
                            <Button
                              kind="plain"
                              label={`Remove ${name}`}
                              busy={removal.busy}
                              onPress={() => removal.run(id)}
                            >
                              Remove
                            </Button>
                          );
                        return (
                          <span class="row tight">
                            <Badge tone="info">{becomes(entry)} in the draft</Badge>
                            <Button kind="plain" onPress={() => dropFromDraft(entry)}>
                              Take back
                            </Button>
                          </span>
                        );
                      },
                    },
                  ]}
                />
              )}
              {guards.length > 0 && (
                <DataTable<GuardLine>
                  caption="Guards: what every host needs"
                  rows={guards}
                  keyOf={({ id }) => id}
                  toneOf={({ state }) => (state === 'broken' ? 'bad' : 'none')}
                  columns={[
                    { key: 'name', title: 'Guard', show: ({ name }) => name },
                    { key: 'state', title: 'State', show: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge> },
                    {
                      key: 'groups',
                      title: 'Groups',
                      show: ({ groups, broken_count: broken, unknown_count: unknown }) =>
                        groups === undefined ? '' : `${groups}, ${broken ?? 0} broken, ${unknown ?? 0} unknown`,
                    },
                    { key: 'why', title: 'Shown by', show: why },
                  ]}
                />
              )}
            </>
          )}
        </Loaded>
      </div>
    </Card>
  );
}
