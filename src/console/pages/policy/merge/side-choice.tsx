import { useId } from 'preact/hooks';
import type { Side } from './merge-rules.js';

export interface SideChoiceProps {
  /** What it is about, for those who do not see the row. */
  readonly label: string;
  readonly state: string;
  readonly chosen: Side | undefined;
  readonly onChoose: (side: Side) => void;
}

/** Theirs or mine. Where only one changed something, or both go together, that is taken unless another is chosen. */
export function SideChoice({ label, state, chosen, onChoose }: SideChoiceProps) {
  const name = useId();
  const taken = chosen ?? (state === 'theirs' || state === 'mine' ? state : undefined);
  return (
    <fieldset class="plain stack tight side-choice">
      <legend class="unseen">Take of {label}</legend>
      {(['theirs', 'mine'] as const).map((side) => (
        <label key={side} class="row tight">
          <input type="radio" name={name} checked={taken === side} onChange={() => onChoose(side)} />
          {side}
        </label>
      ))}
      {taken === undefined && (
        <span class={state === 'conflict' ? 'wrong-text small' : 'quiet small'}>
          {state === 'conflict' ? 'choose one' : 'both'}
        </span>
      )}
    </fieldset>
  );
}
