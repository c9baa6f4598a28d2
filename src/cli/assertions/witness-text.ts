import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { said } from './said.js';

/** What a packet that breaks an expectation meets, in one line. */
export function witnessText(witness: JsonObject): string {
  const { src, dst, protocol, dport, icmp_type: type, verdict } = witness;
  const steps = (witness['steps'] ?? []) as readonly JsonObject[];
  const last = steps.at(-1);
  const port = dport === undefined ? (type === undefined ? '' : ` type ${said(type)}`) : ` ${said(dport)}`;
  const by =
    last === undefined || last['verdict'] === 'unmanaged'
      ? ''
      : ` at ${textOf(last['host']) || textOf(last['group'])} ${textOf(last['chain'])} ${textOf(last['state'])} by ${
          last['line'] === null ? 'the policy' : `line ${said(last['line_number'])}: ${textOf(last['line'])}`
        }`;
  return `${textOf(src)} -> ${textOf(dst)} ${textOf(protocol)}${port}: ${textOf(verdict)}${by}`;
}
