import { useMemo } from 'preact/hooks';
import type { Convergence } from '../../../operations/now/now-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Plot } from '../../parts/plot.js';
import { Share } from '../../parts/share.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';

const EVENTS = ['ruleset_published', 'sets_published', 'host_state', 'rollout_state'] as const;
/** Hosts that have taken something over are told by no event. */
const EVERY_MS = 4000;
const SHOWN = 6;

/** How long what was published took to reach all of its hosts, and what is on its way now. */
export function ConvergenceCard() {
  const asked = useAsked<Convergence>('/api/V2/convergence', { on: EVENTS, everyMs: EVERY_MS });
  return (
    <Card title="Time until all hosts have it">
      <Loaded asked={asked}>{(answer) => <Shown {...answer} />}</Loaded>
    </Card>
  );
}

function Shown({ open, open_total: total, done }: Convergence) {
  const last = done.at(-1);
  // Drawn again only when there is another one, not with every answer.
  const data = useMemo(
    () => ({ at: done.map(({ at }) => at), values: done.map(({ seconds }) => seconds) }),
    [done.length, last?.at, last?.seconds],
  );
  return (
    <div class="stack tight">
      {last === undefined ? (
        <div class="plot">
          <Empty title="No change has reached all hosts yet">
            Since this server began none has. The next one that does is drawn here.
          </Empty>
        </div>
      ) : (
        <>
          <Plot label="Seconds from the broker’s confirm until all hosts had it, over time" unit="s" data={data} />
          <p class="small quiet">
            The last one: {last.what === 'sets' ? 'sets' : `rules of ${last.group ?? 'a group'}`},{' '}
            {last.hosts.toLocaleString()} hosts in {last.seconds.toFixed(1)} s, <Ago at={last.at} />
          </p>
        </>
      )}
      <h3>On its way now{total > SHOWN ? `: ${total.toLocaleString()}` : ''}</h3>
      {open.length === 0 ? (
        <p class="quiet">Nothing: all hosts in use have what was published.</p>
      ) : (
        <ul class="attention">
          {open.slice(0, SHOWN).map(({ what, group, since, hosts, converged }) => (
            <li key={`${what}-${group ?? ''}`}>
              {group === null ? (
                'Sets of all hosts'
              ) : (
                <>
                  {what === 'sets' ? 'Sets of ' : 'Rules of '}
                  <a href={hrefOf(['groups', group])}>{group}</a>
                </>
              )}
              , confirmed <Ago at={since} />: <Share part={converged} of={hosts} word="hosts" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
