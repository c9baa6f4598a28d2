import { Badge } from '../../parts/badge.js';
import { MoreDetails } from '../../parts/more-details.js';
import type { ExplainCase } from './explain-answer.js';
import { peerText, trafficText } from './flow-words.js';
import { PacketText } from './packet-text.js';
import { StepLine } from './step-line.js';
import { verdictTone } from './verdict-tone.js';

/** Connections of a kind with which the same happens; its steps once it is open. */
export function CaseShown({ one, open }: { one: ExplainCase; open: boolean }) {
  const { verdict, from, to, witness, steps, ...traffic } = one;
  return (
    <div class="case">
      <MoreDetails
        open={open}
        title={
          <>
            <Badge tone={verdictTone(verdict)}>{verdict}</Badge> {trafficText(traffic)}, {peerText({ ...from })} →{' '}
            {peerText({ ...to })}
          </>
        }
      >
        {() => (
          <div class="stack">
            <span class="small quiet">
              Such as <PacketText packet={witness} />
            </span>
            <ol class="steps">
              {steps.map((step, at) => (
                <li key={at}>
                  <StepLine step={step} />
                </li>
              ))}
            </ol>
          </div>
        )}
      </MoreDetails>
    </div>
  );
}
