import type { RulesetHashField } from '../model/ruleset-variants.js';
import { checkHashes, type Hashes } from './hash-check.js';

const NOTHING_REMEMBERED = { hash_fail_count: 0, iptables_hash_timestamp: '', ipset_hash_timestamp: '' } as const;

/** Whether a host that reports these hashes runs the rules with these four, whatever is tolerated. */
export function runsRules(
  reported: Hashes,
  hashes: Readonly<Record<RulesetHashField, string>>,
  { checkV6 }: { readonly checkV6: boolean },
): boolean {
  const options = { toleranceSeconds: 0, maxFailCount: 1, checkV6 };
  return (
    checkHashes(reported, { rules: { hashes, changedAt: 0 } }, NOTHING_REMEMBERED, 0, options).differing.length === 0
  );
}
