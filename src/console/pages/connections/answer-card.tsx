import { useEffect, useState } from 'preact/hooks';
import { ApiFailure } from '../../api/api-failure.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Waiting } from '../../parts/loaded.js';
import { Pager } from '../../parts/pager.js';
import { Problem } from '../../parts/problem.js';
import { Time } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { CaseShown } from './case-shown.js';
import type { ExplainAnswer, HostsAheadAnswer } from './explain-answer.js';
import { lastFault } from './last-fault.js';
import { questionText, type Question } from './question.js';
import { SaveAssertion } from './save-assertion.js';
import { verdictTone } from './verdict-tone.js';

const WORDS: Readonly<Record<string, string>> = {
  accept: 'All of it gets through.',
  drop: 'None of it gets through: it is dropped.',
  reject: 'None of it gets through: it is rejected.',
  mixed: 'Some of it gets through, some does not.',
  depends: 'It depends on what came before: a limit decides.',
  unknown: 'It can not be told.',
};

/** Cases that are shown at once. */
const PAGE = 20;

type Got =
  | { readonly state: 'asking' }
  | { readonly state: 'answered'; readonly answer: ExplainAnswer }
  | { readonly state: 'refused'; readonly failure: ApiFailure };

/** The answer to a question, with what decides. */
export function AnswerCard({ question }: { question: Question }) {
  const [got, setGot] = useState<Got>({ state: 'asking' });
  const [times, setTimes] = useState(0);
  const [offset, setOffset] = useState(0);
  const [saving, setSaving] = useState(false);
  const text = JSON.stringify(question);
  useEffect(() => {
    const stop = new AbortController();
    setGot({ state: 'asking' });
    ask<ExplainAnswer>('/api/V2/explain', { method: 'POST', body: JSON.parse(text), signal: stop.signal }).then(
      ({ value }) => {
        lastFault.value = undefined;
        setGot({ state: 'answered', answer: value });
        announce(WORDS[value.verdict] ?? value.verdict);
      },
      (error: unknown) => {
        if (stop.signal.aborted || !(error instanceof ApiFailure)) return;
        const { field } = error.body;
        lastFault.value = typeof field === 'string' ? { field, text: error.message } : undefined;
        setGot({ state: 'refused', failure: error });
      },
    );
    return () => stop.abort();
  }, [text, times]);
  return (
    <Card
      title="Answer"
      actions={
        <>
          {got.state === 'answered' && question.at === undefined && (
            <Button onPress={() => setSaving(true)}>Save as an assertion</Button>
          )}
          <Button onPress={() => setTimes(times + 1)}>Ask again</Button>
        </>
      }
    >
      <div class="stack">
        <p class="quiet wrap">{questionText(question)}</p>
        {got.state === 'asking' && <Waiting what="Looking at the rules" />}
        {got.state === 'refused' && <Problem failure={got.failure} />}
        {got.state === 'answered' && (
          <>
            <p class="verdict" data-tone={verdictTone(got.answer.verdict)}>
              <Badge tone={verdictTone(got.answer.verdict)}>{got.answer.verdict}</Badge> {WORDS[got.answer.verdict]}
            </p>
            <Then answer={got.answer} />
            {(got.answer.ahead ?? []).map((ahead) => (
              <Ahead key={ahead.group} ahead={ahead} />
            ))}
            {got.answer.cases.slice(offset, offset + PAGE).map((one, at) => (
              <CaseShown key={offset + at} one={one} open={got.answer.cases.length <= 3} />
            ))}
            {got.answer.cases.length > PAGE && (
              <Pager offset={offset} limit={PAGE} total={got.answer.cases.length} what="cases" onMove={setOffset} />
            )}
            {got.answer.left_off !== undefined && (
              <p class="note" data-tone="warn">
                {got.answer.left_off} more cases are not listed: give narrower ends.
              </p>
            )}
          </>
        )}
      </div>
      {saving && got.state === 'answered' && (
        <SaveAssertion question={question} verdict={got.answer.verdict} onClose={() => setSaving(false)} />
      )}
    </Card>
  );
}

function Then({ answer: { at, taken_from_now: taken } }: { answer: ExplainAnswer }) {
  if (at === undefined) return null;
  return (
    <p class="note">
      As it was at <Time at={at} />.{' '}
      {taken !== undefined && taken.length > 0 && `Taken from now, since history does not say it: ${taken.join('; ')}.`}
    </p>
  );
}

/** Hosts that the answer is not about. */
function Ahead({ ahead: { group, rollout, hosts, host_count: count } }: { ahead: HostsAheadAnswer }) {
  return (
    <p class="note" data-tone="warn">
      Not about {hosts.join(', ')}
      {count > hosts.length && ` and ${count - hosts.length} more`} of group {group}: a{' '}
      <a href={hrefOf(['rollouts', rollout])}>change in steps</a> gave them newer rules.
    </p>
  );
}
