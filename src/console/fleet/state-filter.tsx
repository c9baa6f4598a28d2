import { hrefOf, place } from '../route/route.js';
import type { StateWords } from './host-words.js';

/** How many there are in each state; each leads to just these. `count`: of what matches all other filters. */
export function StateFilter<State extends string>({
  label,
  states,
  words,
  count,
}: {
  label: string;
  states: readonly State[];
  words: Readonly<Record<State, StateWords>>;
  count: Readonly<Record<State, number>>;
}) {
  const { segments, query } = place.value;
  const asked = query.get('state') ?? '';
  const chosen = new Set(asked.split(',').filter((part) => part !== ''));
  const href = (state: string | null) => hrefOf(segments, { ...Object.fromEntries(query), state, offset: null });
  const all = states.reduce((sum, state) => sum + count[state], 0);
  return (
    <nav class="states" aria-label={label}>
      <a href={href(null)} aria-current={chosen.size === 0 ? 'true' : undefined}>
        all <strong>{all.toLocaleString()}</strong>
      </a>
      {states.map((state) => (
        <a
          key={state}
          href={href(state)}
          data-tone={count[state] > 0 ? words[state].tone : 'none'}
          aria-current={chosen.has(state) ? 'true' : undefined}
          title={words[state].meaning}
        >
          {words[state].word} <strong>{count[state].toLocaleString()}</strong>
        </a>
      ))}
    </nav>
  );
}
