import { useState } from 'preact/hooks';
import type { PlanAnswer } from '../../../../http/plans/plan-answers.js';
import type { JudgementRow } from '../../../../http/views/judgement-row.js';
import { isList } from '../../../../model/validate.js';
import { useAction } from '../../../api/use-action.js';
import { Button } from '../../../parts/button.js';
import { Card } from '../../../parts/card.js';
import { CheckField, TextField } from '../../../parts/field.js';
import { Problem } from '../../../parts/problem.js';
import { Time } from '../../../parts/time.js';
import { whyNoWrites } from '../../../session/session.js';
import { Judged } from './judged.js';
import { applyPlan } from './plan-state.js';

/** Applies a plan, with the reason that the audit trail is told. */
export function ApplyCard({ plan }: { plan: PlanAnswer }) {
  const [reason, setReason] = useState(plan.reason ?? '');
  const [override, setOverride] = useState(false);
  const [tried, setTried] = useState(false);
  const action = useAction(() => applyPlan(plan, reason.trim(), override ? reason.trim() : null));
  const missing = reason.trim() === '';
  const breaks = [...plan.assertions, ...plan.guards].some(
    ({ mode, before, after }) => mode === 'enforce' && before === 'holds' && after !== 'holds',
  );
  const { failure } = action;
  const refused = failure?.code === 'assertion_broken' || failure?.code === 'guard_broken';
  const broken = refused
    ? { assertions: rowsOf(failure.body['assertions']), guards: rowsOf(failure.body['guards']) }
    : undefined;
  if (plan.stores.length === 0) return null;
  return (
    <Card title="Apply">
      <div class="stack">
        <TextField
          label="Reason"
          value={reason}
          onValue={setReason}
          hint="It is kept with the revisions of the groups; where something is broken on purpose, in the audit trail too"
          wrong={tried && missing ? 'Give a reason' : undefined}
        />
        {(breaks || refused) && (
          <div class="note stack" data-tone="bad">
            <span>It breaks what was asserted, so the server refuses it unless it is meant.</span>
            <CheckField
              label="It is meant: apply it all the same, for the reason above"
              value={override}
              onValue={setOverride}
            />
          </div>
        )}
        <div class="row">
          <Button
            kind="main"
            busy={action.busy}
            disabledWhy={whyNoWrites.value}
            onPress={() => {
              setTried(true);
              if (!missing) void action.run();
            }}
          >
            Apply
          </Button>
          <span class="quiet small">
            All of it is written in one commit, if nothing that it rests on moved on. It can be applied until{' '}
            <Time at={plan.expires_at} />.
          </span>
        </div>
        <Problem failure={failure} />
        {broken !== undefined && <Judged plan={broken} />}
      </div>
    </Card>
  );
}

function rowsOf(value: unknown): readonly JudgementRow[] {
  return isList(value as never) ? (value as readonly JudgementRow[]) : [];
}
