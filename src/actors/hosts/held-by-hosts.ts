import { checkHashes, HASH_FIELDS, type HashCheckOptions, type Hashes } from '../../host/hash-check.js';
import { showsNoRules } from '../../host/unverified.js';
import type { Document } from '../../model/document.js';
import { RULESET_HASH_FIELDS, RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { World } from '../../world/world.js';

/** How the hosts in use that a text is for compare with it, by what they last reported. */
export interface Holders {
  /** Have exactly this text loaded. */
  readonly right: number;
  /** Have another. */
  readonly wrong: number;
  /** Never reported what they have. */
  readonly silent: number;
}

/** More hosts than these are not repaired one by one: what they lack is sent to all. */
const MOST_SINGLY = 100;

const NOTHING_REMEMBERED = { hash_fail_count: 0, iptables_hash_timestamp: '', ipset_hash_timestamp: '' } as const;

function reportedBy(row: Document): Hashes {
  return Object.fromEntries(HASH_FIELDS.map((field) => [field, textOf(row[field])])) as Readonly<Hashes>;
}

function count(hosts: Iterable<Document>, judge: (reported: Hashes) => keyof Holders | undefined): Holders {
  const found = { right: 0, wrong: 0, silent: 0 };
  for (const row of hosts) {
    const verdict = row.active === 'active' ? judge(reportedBy(row)) : undefined;
    if (verdict !== undefined) found[verdict] += 1;
  }
  return found;
}

/**
 * Whether a group's hosts have these rules loaded. A host is right when the check of its hashes would pass it: which of
 * the two variants it enforces can't be told from outside, so both must be ours. Hashes that are not checked (IPv6, with
 * `check_v6_hashes: false`) can't be told from hosts, so there the stored ones decide. Hosts whose agents can't show
 * their rules don't count.
 */
export function rulesHeld(
  world: Pick<World, 'hostsOf'>,
  group: Document,
  hashes: Readonly<Record<string, string>>,
  checkV6: boolean,
): Holders {
  const wanted = Object.fromEntries(RULESET_HASH_FIELDS.map((field) => [field, hashes[field] ?? ''])) as Hashes;
  const unchecked = checkV6
    ? []
    : RULESET_VARIANTS.filter(({ family }) => family === 'v6').map(({ hashField }) => hashField);
  const provable = unchecked.every((field) => group[field] === wanted[field]);
  const options: HashCheckOptions = { toleranceSeconds: 0, maxFailCount: 1, checkV6 };
  return count(world.hostsOf(textOf(group.name)), (reported) => {
    if (RULESET_HASH_FIELDS.every((field) => reported[field] === '')) return 'silent';
    if (showsNoRules(reported)) return undefined;
    const { differing } = checkHashes(
      reported,
      { rules: { hashes: wanted, changedAt: 0 } },
      NOTHING_REMEMBERED,
      0,
      options,
    );
    return provable && differing.length === 0 ? 'right' : 'wrong';
  });
}

/** Whether all hosts have sets of this hash loaded. */
export function setsHeld(world: Pick<World, 'rows'>, hash: string): Holders {
  return count(world.rows('host').values(), ({ ipset_hash: reported }) =>
    reported === '' ? 'silent' : reported === hash ? 'right' : 'wrong',
  );
}

/**
 * What to do with a text that this server has never sent, where another server sent one before it. `adopt`: hosts have
 * it, so it counts as published; the few that don't are repaired one by one, as for any other drift. `wait`: hosts may
 * still say that they have it.
 */
export function decideTakeover(
  { right, wrong, silent }: Holders,
  { repair, mayWait }: { readonly repair: boolean; readonly mayWait: boolean },
): 'adopt' | 'publish' | 'wait' {
  const singly = repair ? MOST_SINGLY : 0;
  if (wrong > singly) return 'publish';
  if (silent > 0 && mayWait) return 'wait';
  // Nobody repairs those that turn out to lack it.
  if (silent > 0 && !repair) return 'publish';
  return right > 0 ? 'adopt' : 'publish';
}
