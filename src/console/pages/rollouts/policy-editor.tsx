import { useState } from 'preact/hooks';
import type { RolloutPolicyAnswer } from '../../../operations/rollouts/rollout-answers.js';
import type { RolloutPolicy } from '../../../rollout/rollout-policy.js';
import { ask } from '../../api/ask.js';
import { useAction } from '../../api/use-action.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { SelectField, TextField } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { whyNoWrites } from '../../session/session.js';
import { draftOf, readDraft, type DraftFaults, type NumberKey, type PolicyDraft } from './policy-draft.js';
import { StepsEditor } from './steps-editor.js';

export interface PolicyEditorProps {
  /** Of the API. */
  readonly path: string;
  /** What the group has of its own now; null: nothing. */
  readonly saved: RolloutPolicy | null;
  /** With which the fields begin. */
  readonly start: RolloutPolicy;
  readonly done: () => void;
}

const NUMBERS: readonly (readonly [NumberKey, string, string])[] = [
  ['bake_keepalives', 'Further reports', 'so many must show the new rules before a host counts as well, 0 to 1000'],
  ['deadline_seconds', 'Deadline in seconds', 'less than about 120 makes well hosts fail'],
  ['tolerate_percent', 'Tolerated percent', 'so many of a hundred hosts may fail after the first step'],
];

/** Edits a group's own policy; nothing is sent before all of it is right. */
export function PolicyEditor({ path, saved, start, done }: PolicyEditorProps) {
  const [draft, setDraft] = useState<PolicyDraft>(() => draftOf(start));
  const [base, setBase] = useState(() => JSON.stringify(saved));
  const [tried, setTried] = useState(false);
  const read = readDraft(draft);
  const faults: DraftFaults = tried && 'faults' in read ? read.faults : {};
  const moved = JSON.stringify(saved) !== base;
  const change = (part: Partial<PolicyDraft>) => setDraft({ ...draft, ...part });
  const save = useAction(async (policy: RolloutPolicy) => {
    const { value } = await ask<RolloutPolicyAnswer>(path, { method: 'PUT', body: policy });
    setBase(JSON.stringify(value.own));
    setTried(false);
    announce('The policy is saved');
    done();
  });
  const [savedOnce, setSavedOnce] = useState(false);
  const press = async () => {
    setTried(true);
    if ('policy' in read && (await save.run(read.policy))) setSavedOnce(true);
  };
  return (
    <div class="stack">
      {moved && !save.busy && (
        <div class="note row" data-tone="warn" role="alert">
          The policy is another one by now than when these fields were filled.
          <Button
            onPress={() => {
              setDraft(draftOf(saved ?? start));
              setBase(JSON.stringify(saved));
            }}
          >
            Show it in the fields
          </Button>
        </div>
      )}
      <StepsEditor steps={draft.steps} faults={faults} onSteps={(steps) => change({ steps })} />
      <div class="filters">
        {NUMBERS.map(([key, label, hint]) => (
          <TextField
            key={key}
            label={label}
            hint={hint}
            value={draft[key]}
            wrong={faults[key]}
            disabledWhy={whyNoWrites.value}
            onValue={(value) => change({ [key]: value })}
          />
        ))}
        <SelectField
          label="On failure"
          value={draft.on_failure}
          disabledWhy={whyNoWrites.value}
          choices={[
            ['roll_back', 'roll back'],
            ['pause', 'pause, and wait for somebody'],
          ]}
          onValue={(value) => change({ on_failure: value as RolloutPolicy['on_failure'] })}
        />
      </div>
      <Problem failure={save.failure} />
      <div class="row">
        <Button kind="main" busy={save.busy} disabledWhy={whyNoWrites.value} onPress={press}>
          Save the policy
        </Button>
        {savedOnce && !save.busy && save.failure === undefined && <span class="quiet">Saved.</span>}
      </div>
    </div>
  );
}
