import type { RolloutDetail } from '../../../operations/rollouts/rollout-answers.js';
import { stepSize, stepText } from '../../../rollout/rollout-policy.js';
import type { Tone } from '../../parts/tone.js';
import { isLive } from './rollout-states.js';

/** The steps of a rollout in a row: those that are through, the one under way, those to come. */
export function RolloutSteps({ rollout }: { rollout: RolloutDetail }) {
  const { policy, counts } = rollout;
  const hosts = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <ol class="steps" aria-label="Steps">
      {policy.steps.map((step, index) => {
        const { words, tone } = standing(rollout, index);
        return (
          <li key={index} data-tone={tone} aria-current={words === 'under way' ? 'step' : undefined}>
            <strong>{stepText(step)}</strong>
            <span class="small">{words}</span>
            {hosts > 0 && <span class="small quiet">{countText(stepSize(step, hosts))}</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** How the step stands; the last (`all`) is begun once the rollout promotes. */
function standing(
  { state, steps_begun: begun, policy, hurried }: RolloutDetail,
  index: number,
): { readonly words: string; readonly tone: Tone } {
  const last = index === policy.steps.length - 1;
  if (state === 'done') return { words: 'through', tone: 'ok' };
  if (state === 'rolling_back' || state === 'rollback_blocked' || state === 'rolled_back')
    return index < begun ? { words: 'taken back', tone: 'bad' } : { words: 'not begun', tone: 'none' };
  if (!isLive(state))
    return index < begun ? { words: 'was begun', tone: 'none' } : { words: 'not begun', tone: 'none' };
  if (index < begun - 1) return { words: 'through', tone: 'ok' };
  if (index === begun - 1)
    return state === 'paused' ? { words: 'stands still', tone: 'warn' } : { words: 'under way', tone: 'info' };
  return { words: hurried && !last ? 'left out' : 'to come', tone: 'none' };
}

function countText(hosts: number): string {
  return hosts === 1 ? '1 host' : `${hosts.toLocaleString()} hosts`;
}
