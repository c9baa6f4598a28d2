import type { JsonObject } from '../../../model/document.js';
import { isList, isObject } from '../../../model/validate.js';
import type { ExplainStep } from './explain-answer.js';
import { PacketText } from './packet-text.js';
import { StepLine } from './step-line.js';

/** The packet that breaks an expectation, what becomes of it, and the step that tells why. */
export function WitnessLine({ witness }: { witness: JsonObject }) {
  const { steps, verdict } = witness;
  const all = isList(steps) ? (steps.filter(isObject) as unknown as readonly ExplainStep[]) : [];
  const step = tellingStep(all, verdict === 'accept');
  return (
    <div class="stack tight">
      <span>
        <PacketText packet={witness} />: {typeof verdict === 'string' && verdict}
      </span>
      {step !== undefined && <StepLine step={step} />}
    </div>
  );
}

/** What lets the packet in where it is let through, else where it ends. */
function tellingStep(steps: readonly ExplainStep[], accepted: boolean): ExplainStep | undefined {
  const managed = steps.filter(({ verdict }) => verdict !== 'unmanaged');
  if (!accepted) return managed.at(-1);
  return managed.find(({ chain, state }) => chain === 'INPUT' && state !== 'ESTABLISHED') ?? managed[0];
}
