import { Badge } from '../../parts/badge.js';
import type { ExplainStep, StepOutcome } from './explain-answer.js';
import { SourceLink } from './source-link.js';
import { verdictTone } from './verdict-tone.js';

const PACKETS: Readonly<Record<string, string>> = { NEW: 'First packet', ESTABLISHED: 'Answer' };

/** What happens to a packet at one host: verdict, the line that decides, and the rule that it came from. */
export function StepLine({ step }: { step: ExplainStep }) {
  const { host, group, chain, state, verdict, outcomes, revision, why } = step;
  const way = chain === 'INPUT' ? 'into' : 'out of';
  const who = host ?? (group === null ? 'a host that is not ours' : `hosts of ${group}`);
  return (
    <div class="stack tight">
      <span class="row tight">
        <Badge tone={verdictTone(verdict)}>{verdict}</Badge>
        <span>
          {PACKETS[state] ?? state} {way} {who}
          {host !== null && group !== null && <span class="quiet"> ({group})</span>}
          {typeof revision === 'number' && <span class="quiet"> revision {revision}</span>}
        </span>
      </span>
      {why !== undefined && <span class="quiet small">{why}</span>}
      {outcomes === undefined ? (
        <Decided outcome={step} />
      ) : (
        outcomes.map((outcome, at) => (
          <span key={at} class="stack tight">
            <span class="small">{outcome.verdict} by</span>
            <Decided outcome={outcome} />
          </span>
        ))
      )}
    </div>
  );
}

function Decided({ outcome: { line, source } }: { outcome: StepOutcome }) {
  return (
    <>
      {line !== null && <code class="wrap">{line}</code>}
      {source !== null && (
        <span class="small">
          <SourceLink source={source} />
        </span>
      )}
    </>
  );
}
