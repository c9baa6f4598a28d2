import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Dialect } from '../../firewall/dialect.js';
import { POLICY_PARTS, type Policy, type PolicyPart } from '../../firewall/policy/policy.js';
import type { Document, JsonObject } from '../../model/document.js';
import { coverage, type CoverageProgress, NothingToCover } from './coverage.js';

/** What the thread is told, in this order: rows in portions, then to begin. */
export type CoverageOrder =
  | { readonly rows: readonly Document[]; readonly part: PolicyPart }
  | {
      readonly begin: {
        readonly dialect: Dialect;
        readonly anyIsEveryone: boolean;
        readonly assertions: readonly Document[];
        readonly group?: string;
      };
    };

/** What it tells. */
export type CoverageNews =
  | { readonly ready: true }
  | { readonly progress: CoverageProgress }
  | { readonly result: JsonObject }
  /** What was asked for can't be done, and why. */
  | { readonly refused: string };

/** How often it tells how far it has come. */
const TELL_MS = 500;

const port = parentPort;
if (port === null) throw new Error('this file is a worker thread');
const tables = new Map<PolicyPart, Map<string, Document>>(POLICY_PARTS.map((part) => [part, new Map()]));

port.on('message', (order: CoverageOrder) => {
  if ('rows' in order) {
    for (const row of order.rows) tables.get(order.part)?.set(row.id, row);
    return;
  }
  try {
    port.postMessage(work(order.begin, port));
  } catch (error) {
    if (!(error instanceof NothingToCover)) throw error;
    port.postMessage({ refused: error.message } satisfies CoverageNews);
  }
  port.close();
});
port.postMessage({ ready: true } satisfies CoverageNews);

function work(begin: Extract<CoverageOrder, { begin: unknown }>['begin'], to: MessagePort): CoverageNews {
  const policy = {
    ...Object.fromEntries(tables),
    anyIsEveryone: begin.anyIsEveryone,
    // Nothing changes here, so all that is worked out of it may be kept.
    version: 1,
  } as unknown as Policy;
  const { dialect, assertions, group } = begin;
  const steps = coverage({ policy, dialect, assertions, ...(group === undefined ? {} : { group }) });
  let told = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { result: step.value };
    if (performance.now() - told < TELL_MS) continue;
    told = performance.now();
    to.postMessage({ progress: step.value } satisfies CoverageNews);
  }
}
