import type { FlowAnswer } from '../../../analysis/flow-json.js';
import { flowText } from './flow-text.js';

/** Of each kind; the lines themselves are below. */
const SHOWN = 50;

/** Connections that get through, or do not any more; nothing where there are none. */
export function FlowList({ title, flows }: { title: string; flows: readonly FlowAnswer[] }) {
  if (flows.length === 0) return null;
  return (
    <section>
      <h3>
        {title} ({flows.length.toLocaleString()})
      </h3>
      <ul class="attention">
        {flows.slice(0, SHOWN).map((flow, index) => (
          <li key={index}>{flowText(flow)}</li>
        ))}
      </ul>
      {flows.length > SHOWN && <p class="small quiet">and {flows.length - SHOWN} more</p>}
    </section>
  );
}
