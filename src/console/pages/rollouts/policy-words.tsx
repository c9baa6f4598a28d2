import { stepText, type RolloutPolicy } from '../../../rollout/rollout-policy.js';

/** A policy in words. */
export function PolicyWords({ policy }: { policy: RolloutPolicy }) {
  return (
    <dl class="pairs">
      <dt>Steps</dt>
      <dd>{policy.steps.map(stepText).join(', then ')}</dd>
      <dt>Further reports</dt>
      <dd>{policy.bake_keepalives} must show the new rules before a host counts as well</dd>
      <dt>Deadline</dt>
      <dd>{policy.deadline_seconds} s, then a host that has not shown them has failed</dd>
      <dt>On failure</dt>
      <dd>{policy.on_failure === 'roll_back' ? 'it is rolled back' : 'it is paused'}</dd>
      <dt>Tolerated</dt>
      <dd>{policy.tolerate_percent} of a hundred hosts, after the first step</dd>
    </dl>
  );
}
