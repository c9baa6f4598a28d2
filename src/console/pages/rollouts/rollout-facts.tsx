import type { RolloutDetail } from '../../../operations/rollouts/rollout-answers.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { Ago, Time } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { HOST_STATUSES, ROLLOUT_STATES } from './rollout-states.js';

const PAUSED_BY: Readonly<Record<NonNullable<RolloutDetail['pause']>['kind'], string>> = {
  operator: 'by an operator',
  failed: 'since a host failed; it waits for somebody',
  guard: 'since it would break a guard; it waits for somebody',
  blind: 'since this server does not see well enough to judge; it goes on by itself',
};

/** How a rollout stands, and where it came from. */
export function RolloutFacts({ rollout }: { rollout: RolloutDetail }) {
  const { state, why, pause, failed, author, reason, override, plan, hashes, hashes_before: had } = rollout;
  const { words, tone } = ROLLOUT_STATES[state];
  return (
    <Card title="State">
      <dl class="pairs">
        <dt>State</dt>
        <dd class="row tight">
          <Badge tone={tone}>{words}</Badge>
          <span class="small quiet">
            <Ago at={rollout.changed_at} />
          </span>
        </dd>
        {pause !== null && (
          <>
            <dt>Paused</dt>
            <dd>
              {PAUSED_BY[pause.kind]}
              {pause.kind === 'operator' && `, ${pause.author}`}, <Ago at={pause.at} />
            </dd>
          </>
        )}
        {why !== null && (
          <>
            <dt>Why</dt>
            <dd>{why}</dd>
          </>
        )}
        {failed.length > 0 && (
          <>
            <dt>Failed</dt>
            <dd>
              {failed.map(({ hostkey, name, status }) => (
                <span key={hostkey} class="row tight">
                  <a href={hrefOf(['hosts', hostkey])}>{name === '' ? hostkey : name}</a>
                  <Badge tone={HOST_STATUSES[status].tone}>{status}</Badge>
                </span>
              ))}
            </dd>
          </>
        )}
        <dt>Edited by</dt>
        <dd>
          {author}
          {reason !== null && `: ${reason}`}
        </dd>
        {override !== null && (
          <>
            <dt>Override</dt>
            <dd>
              <Badge tone="warn">let through</Badge> {override}
            </dd>
          </>
        )}
        {plan !== null && (
          <>
            <dt>Plan</dt>
            <dd class="mono">{plan}</dd>
          </>
        )}
        <dt>Began</dt>
        <dd>
          <Time at={rollout.created_at} />
          {rollout.ended_at !== null && (
            <>
              , ended <Time at={rollout.ended_at} />
            </>
          )}
        </dd>
        <dt>Reconnect proof</dt>
        <dd>{rollout.reconnect_proof}</dd>
        {hashes !== null && (
          <>
            <dt>IPv4 rules</dt>
            <dd class="mono">
              {had?.['hash4_ipsets']?.slice(0, 12) ?? 'not kept'} → {hashes['hash4_ipsets']?.slice(0, 12) ?? ''}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
