import { isRefused } from './assess.js';
import type { Foresight } from '../foresight.js';
import type { GuardsBroken } from '../../model/guards-broken.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { Store } from '../../store/store.js';
import { StoreError } from '../../store/store.js';

export interface GuardsBrokenNeeds {
  readonly foresight: Pick<Foresight, 'judgePin' | 'guards'>;
  readonly store: Pick<Store, 'list'>;
}

/** Names that are told. */
const MOST_NAMED = 5;

/**
 * What the new revision would break of what assertions and guards promise; undefined: nothing. Writes over the API were refused
 * for that before; this catches what came into the database otherwise (docs/rollout.md#static-proof).
 */
export async function guardsBroken(
  { foresight, store }: GuardsBrokenNeeds,
  groupId: string,
  ruleset: StoredRuleset,
): Promise<GuardsBroken | undefined> {
  try {
    const [{ guards }, stored] = await Promise.all([foresight.guards(), store.list('assertion')]);
    if (guards.length === 0 && stored.length === 0) return undefined;
    const assertions = stored.map(({ doc }) => doc);
    const judged = await foresight.judgePin(groupId, ruleset, { assertions, guards, which: 'turned' });
    const broken = [...judged.assertions, ...judged.guards].filter(isRefused);
    if (broken.length === 0) return undefined;
    const names = broken.slice(0, MOST_NAMED).map(({ name }) => name);
    if (broken.length > names.length) names.push(`and ${broken.length - names.length} more`);
    return { is: 'broken', why: `it breaks ${names.join(', ')}; promote it with a reason, or mend the policy` };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { is: 'unknown', why: `it can not be told what it breaks: ${error.message}` };
  }
}
