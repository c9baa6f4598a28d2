import { Button } from '../../parts/button.js';
import { TextField } from '../../parts/field.js';
import { whyNoWrites } from '../../session/session.js';
import type { DraftFaults } from './policy-draft.js';

export interface StepsEditorProps {
  readonly steps: readonly string[];
  readonly faults: DraftFaults;
  readonly onSteps: (steps: readonly string[]) => void;
}

/** The server takes no more. */
const MOST_STEPS = 20;

/** The steps of a policy, one field each; the last is all. */
export function StepsEditor({ steps, faults, onSteps }: StepsEditorProps) {
  const last = steps.length - 1;
  return (
    <fieldset class="steps-editor">
      <legend>Steps: how many hosts have the new rules after each</legend>
      <p class="small quiet">
        A number of hosts (<code>1</code>), of a hundred (<code>10%</code>, <code>1% at least 3</code>), and{' '}
        <code>all</code> at the end. The first is always one host.
      </p>
      <div class="row steps-fields">
        {steps.map((step, index) => (
          <div key={index} class="step-field">
            <TextField
              label={`Step ${index + 1}`}
              value={step}
              wrong={faults[String(index)]}
              disabledWhy={whyNoWrites.value}
              onValue={(value) => onSteps(steps.with(index, value))}
            />
            {index < last && (
              <Button
                kind="plain"
                label={`Remove step ${index + 1}`}
                disabledWhy={whyNoWrites.value}
                onPress={() => onSteps(steps.toSpliced(index, 1))}
              >
                Remove
              </Button>
            )}
          </div>
        ))}
        <Button
          disabledWhy={whyNoWrites.value ?? (steps.length >= MOST_STEPS ? `There may be ${MOST_STEPS}` : undefined)}
          onPress={() => onSteps(steps.toSpliced(Math.max(0, last), 0, ''))}
        >
          Add a step
        </Button>
      </div>
      {faults['steps'] !== undefined && (
        <span class="wrong" role="alert">
          {faults['steps']}
        </span>
      )}
    </fieldset>
  );
}
