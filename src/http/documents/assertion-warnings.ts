import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Judgement, Judgements } from '../../plan/assertions/assess.js';
import type { Foresight } from '../../plan/foresight.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import { RESOURCES } from '../../resources/resources.js';
import { type Change, type Stored, StoreError } from '../../store/store.js';

/** Tables whose documents are assertions. */
const ASSERTED: ReadonlySet<string> = new Set(
  [...RESOURCES.values()].filter(({ isAsserted }) => isAsserted === true).map(({ name }) => name),
);

/** What a write was let through with, since nothing enforces it or a reason was given. */
export function turnedWarnings({ assertions, guards }: Judgements): readonly WriteWarning[] {
  return [
    ...assertions.filter(isTurned).map((one) => warning('assertion', one)),
    ...guards.filter(isTurned).map((one) => warning('guard', one)),
  ];
}

function isTurned({ before, after }: Judgement): boolean {
  return after !== 'holds' && before !== after;
}

/**
 * Assertions that were just written and do not hold: none may be stored unseen that nobody keeps. Nothing is said where
 * policy is not loaded; the report is there for all of them.
 */
export async function assertionWarnings(
  foresight: Pick<Foresight, 'wouldShip'>,
  changes: readonly Change[],
  stored: readonly (Stored | undefined)[],
): Promise<readonly WriteWarning[]> {
  const assertions = changes.flatMap(({ table }, index): readonly Document[] => {
    const doc = ASSERTED.has(table) ? stored[index]?.doc : undefined;
    return doc === undefined ? [] : [doc];
  });
  if (assertions.length === 0) return [];
  try {
    const judged = { assertions, guards: [], which: 'all' } as const;
    const { judgements } = await foresight.wouldShip([], { effects: false, judged });
    return judgements.assertions.filter(({ after }) => after !== 'holds').map((one) => warning('assertion', one));
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}

function warning(kind: 'assertion' | 'guard', { name, after, witness, reason }: Judgement): WriteWarning {
  const what = witness === null ? (reason ?? 'it is not known why') : packetText(witness);
  return { path: [], value: name, reason: `the ${kind} is ${after}: ${what}` };
}

/** The packet that shows it, in a few words. */
function packetText({ src, dst, protocol, dport, verdict }: JsonObject): string {
  const port = dport === undefined ? '' : ` ${Number(dport)}`;
  return `${textOf(src)} to ${textOf(dst)}, ${textOf(protocol)}${port}: ${textOf(verdict)}`;
}
