import type { GroupRow } from '../../../operations/fleet-pages.js';
import { GROUP_WORDS } from '../../fleet/group-words.js';
import { StateBadge } from '../../fleet/state-badge.js';
import { Card } from '../../parts/card.js';
import { Share } from '../../parts/share.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { groupTone } from './group-tone.js';
import { LetGo } from './let-go.js';

/** How the group stands, and what that means. */
export function GroupHead({ row, onChange }: { row: GroupRow; onChange: () => void }) {
  const words = GROUP_WORDS[row.state];
  const { name, hosts, converged, drifted, silent, pinned, rollout, error, not_sent: notSent } = row;
  const tone = groupTone(row);
  return (
    <>
      <p class="verdict" data-tone={tone === 'none' ? words.tone : tone}>
        <StateBadge words={words} /> {words.meaning}
        {error !== null && ` ${error}.`}
        {notSent !== null && ` Its hosts are not sent anything now: ${notSent}.`}
        {drifted + silent > 0 && ` But ${unwell(row)}.`}
      </p>
      <Card title="This group">
        <dl class="pairs">
          <dt>Hosts</dt>
          <dd>
            {hosts === 0 ? (
              'none yet'
            ) : (
              <a href={hrefOf(['hosts'], { group: name })}>
                <Share part={converged} of={hosts} word="have exactly what they were sent" />
              </a>
            )}
            {drifted > 0 && (
              <>
                , <a href={hrefOf(['hosts'], { group: name, state: 'active_hashfail' })}>{drifted} drifted</a>
              </>
            )}
            {silent > 0 && (
              <>
                , <a href={hrefOf(['hosts'], { group: name, state: 'inactive,inactive_hashfail' })}>{silent} silent</a>
              </>
            )}
          </dd>
          <dt>Profile</dt>
          <dd>
            {row.profile_id === null ? (
              row.profile || 'none: it gets no new rules'
            ) : (
              <a href={hrefOf(['policy', 'profiles', row.profile_id])}>{row.profile || row.profile_id}</a>
            )}
            {' · '}
            <a href={hrefOf(['policy', 'groups', row.id])}>the group’s own document</a>
          </dd>
          <dt>Published</dt>
          <dd>
            <Ago at={row.published_at} /> (compiled <Ago at={row.compiled_at} />)
          </dd>
          <dt>Held at</dt>
          <dd>
            {pinned === null ? (
              'no revision: it follows its policy'
            ) : (
              <>
                revision {pinned.number}, by {pinned.author} <Ago at={pinned.at} />: {pinned.reason}
                {pinned.waiting && ' (edits wait)'} <LetGo id={row.id} name={name} onDone={onChange} />
              </>
            )}
          </dd>
          <dt>Rollout</dt>
          <dd>
            {rollout === null ? (
              'none under way'
            ) : (
              <a href={hrefOf(['rollouts', rollout.id])}>
                {rollout.state.replaceAll('_', ' ')}
                {rollout.step !== null && `, ${rollout.step}`}
                {rollout.why !== null && `: ${rollout.why}`}
              </a>
            )}
            {' · '}
            <a href={hrefOf(['rollouts'], { group: name })}>its rollouts</a>
          </dd>
        </dl>
      </Card>
    </>
  );
}

/** `1 host has drifted and 2 are silent`. */
function unwell({ drifted, silent }: GroupRow): string {
  return [
    ...(drifted > 0 ? [`${drifted} ${drifted === 1 ? 'host has' : 'hosts have'} drifted`] : []),
    ...(silent > 0 ? [`${silent} ${silent === 1 ? 'is' : 'are'} silent`] : []),
  ].join(' and ');
}
