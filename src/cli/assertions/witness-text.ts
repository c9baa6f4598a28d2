import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { said } from './said.js';

/** The step that people ask about: what lets the packet in where it is let through, else where it ends. */
function tellingStep(steps: readonly JsonObject[], verdict: string): JsonObject | undefined {
  const managed = steps.filter((step) => step['verdict'] !== 'unmanaged');
  if (verdict !== 'accept') return managed.at(-1);
  return managed.find((step) => step['chain'] === 'INPUT' && step['state'] !== 'ESTABLISHED') ?? managed[0];
}

/** What a packet that breaks an expectation meets, in one line. */
export function witnessText(witness: JsonObject): string {
  const { src, dst, protocol, dport, icmp_type: type, verdict } = witness;
  const steps = (witness['steps'] ?? []) as readonly JsonObject[];
  const step = tellingStep(steps, textOf(verdict));
  const port = dport === undefined ? (type === undefined ? '' : ` type ${said(type)}`) : ` ${said(dport)}`;
  const by =
    step === undefined
      ? ''
      : ` at ${textOf(step['host']) || textOf(step['group'])} ${textOf(step['chain'])} ${textOf(step['state'])} by ${
          step['line'] === null ? 'the policy' : `line ${said(step['line_number'])}: ${textOf(step['line'])}`
        }`;
  return `${textOf(src)} -> ${textOf(dst)} ${textOf(protocol)}${port}: ${textOf(verdict)}${by}`;
}
