import type { AddressSet } from '../analysis/index.js';
import type { Dialect } from '../firewall/dialect.js';
import { CompileBook } from '../firewall/policy/compile-book.js';
import type { CompiledGroup } from '../firewall/policy/compile-group.js';
import type { Policy } from '../firewall/policy/policy.js';
import { RULESET_VARIANTS } from '../model/ruleset-variants.js';
import { textOf } from '../model/text-of.js';
import type { IpsetScope } from '../world/group-sets.js';
import type { World } from '../world/world.js';
import { movesAddresses, overlayPolicy, type TableChange } from './overlay-policy.js';
import type { Judgements, WantedJudgements } from './assertions/assess.js';
import { type Court, NO_JUDGEMENTS } from './assertions/court.js';
import { judgeChange } from './assertions/judge-pinned.js';
import { AddressNames } from './address-names.js';
import { type EffectWords, type GroupEffect, groupEffects } from './group-effects.js';
import { LineSources } from './line-sources.js';
import type { GroupShipment } from './group-shipment.js';
import type { Pinned } from './pinned.js';
import type { SetLook } from './set-look.js';
import type { Contents } from './same-set.js';
import { setChanges, type SetShipment } from './set-changes.js';

/** What is worked out beside what ships. */
export interface Wanted {
  /** What opens and closes. */
  readonly effects: boolean;
  /** Assertions and guards; absent: none. */
  readonly judged?: WantedJudgements;
}

/** All that would go to hosts otherwise than now. */
export interface Shipment {
  readonly groups: readonly GroupShipment[];
  readonly sets: readonly SetShipment[];
  /** Of those groups whose texts or sets change, what opens and closes; empty unless it was asked for. */
  readonly effects: ReadonlyMap<string, GroupEffect>;
  /** What becomes of assertions and guards, those that were asked for. */
  readonly judgements: Judgements;
  /** Hosts that would get something else than now: all of them where a set changes that goes to everybody. */
  readonly hostsTouched: number;
  /** Every group that was compiled to find that out: those whose texts rest on what would be changed. */
  readonly looked: ReadonlySet<string>;
  /** The policy as it would be; it follows what becomes of the policy beneath it. */
  readonly policy: Policy;
  /** The version of the world that this is worked out from. */
  readonly version: number;
}

/** What it is worked out from. */
export interface WouldShipNeeds {
  readonly world: Pick<World, 'policy' | 'rows' | 'hostsOf' | 'wouldDirty' | 'version'>;
  readonly compiles: Pick<CompileBook, 'compile'>;
  readonly dialect: Dialect;
  readonly generateUnset: boolean;
  /** Whether a set that changes goes to everybody, or to hosts whose rules name it. */
  readonly ipsetScope: IpsetScope;
  /** What sets hold now. */
  readonly contents: () => Contents;
  readonly look: SetLook;
  readonly court: Court;
  /** Groups that are held at a revision; absent: none. */
  readonly pinned?: () => Pinned;
}

const NOTHING_PINNED: Pinned = new Map();

/** Texts of the plan's own are kept for as long as it is worked out; a fleet of groups shares few. */
const KEPT_CHARS = 16 << 20;

function sameTexts(a: CompiledGroup | undefined, b: CompiledGroup | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.ok !== b.ok) return false;
  if (!a.ok || !b.ok) return !a.ok && !b.ok && JSON.stringify(a.error) === JSON.stringify(b.error);
  return RULESET_VARIANTS.every(({ key }) => a[key].hash === b[key].hash && a[key].text === b[key].text);
}

function namesAny(compiled: CompiledGroup | undefined, sets: ReadonlySet<string>): boolean {
  return compiled?.ok === true && compiled.sets.some((name) => sets.has(name));
}

/** Groups whose rules name any of the sets now: what they let through changes with a set though their texts do not. */
function* groupsNaming(
  { world, compiles }: Pick<WouldShipNeeds, 'world' | 'compiles'>,
  sets: ReadonlySet<string>,
): Generator<void, readonly string[]> {
  const found: string[] = [];
  for (const id of world.rows('group').keys()) {
    if (namesAny(yield* compiles.compile(id), sets)) found.push(id);
    yield;
  }
  return found;
}

/** Names are those after the changes; a line's source is the policy that its text was made of. */
function effectWords(
  { world, dialect, court }: Pick<WouldShipNeeds, 'world' | 'dialect' | 'court'>,
  after: Policy,
  held: (side: 'after', name: string) => Generator<void, AddressSet | undefined>,
): EffectWords {
  const policies = { before: world.policy, after };
  const sources = { before: new LineSources(world.policy, dialect), after: new LineSources(after, dialect) };
  const fleet = court.fleet(after, (name) => held('after', name));
  const names = new AddressNames(() => fleet.named());
  return {
    names: (addresses) => names.of(addresses),
    source: (side, groupId, { family, text, lineNumber }) =>
      sources[side].of(textOf(policies[side].group.get(groupId)?.['name']), family, text, lineNumber),
  };
}

/**
 * What would ship after these changes, all of them made: only groups that they make stale are compiled again, over the
 * world as it is, which is not copied. The one answer for plans, assertions and guards.
 */
export function* wouldShip(
  needs: WouldShipNeeds,
  changes: readonly TableChange[],
  wanted: Wanted,
): Generator<void, Shipment> {
  const { world, compiles, dialect, generateUnset } = needs;
  const { version } = world;
  const policy = overlayPolicy(world.policy, changes);
  const dirt = world.wouldDirty(changes);
  const book = new CompileBook(policy, { dialect, generateUnset, maxChars: KEPT_CHARS });
  const stale = new Set([...dirt.groups, ...dirt.removedGroups]);
  const looked = new Set(stale);
  const moved = new Map<string, string>();
  for (const { before, after } of dirt.hosts)
    if (after !== undefined && before?.['group'] !== after['group']) moved.set(after.id, textOf(after['group']));
  const contents = needs.contents();
  const sets = movesAddresses(changes)
    ? yield* setChanges(world.policy, policy, { dialect, contents, look: needs.look })
    : [];
  const changedSets = new Set(sets.map(({ name }) => name));
  if (changedSets.size > 0) for (const id of yield* groupsNaming(needs, changedSets)) looked.add(id);
  const groups: GroupShipment[] = [];
  for (const id of [...looked].sort()) {
    const was = world.rows('group').get(id);
    const is = policy.group.get(id);
    const before = was === undefined ? undefined : yield* compiles.compile(id);
    // Where only a set that it names holds something else, its texts are the same.
    const after = is === undefined ? undefined : yield* (stale.has(id) ? book : compiles).compile(id);
    if (sameTexts(before, after) && !namesAny(after, changedSets)) continue;
    const name = textOf((is ?? was)?.['name']);
    const arrived = [...moved.values()].filter((group) => group === name).length;
    groups.push({
      id,
      name,
      hosts: world.hostsOf(name).filter((host) => !moved.has(host.id)).length + arrived,
      ...(before && { before }),
      ...(after && { after }),
    });
  }
  const held = (side: 'before' | 'after', name: string) =>
    needs.look.get(side === 'before' ? world.policy : policy, name, contents);
  const effects = wanted.effects
    ? yield* groupEffects(groups, (name, side) => held(side, name), effectWords(needs, policy, held))
    : new Map<string, GroupEffect>();
  const judgements =
    wanted.judged === undefined
      ? NO_JUDGEMENTS
      : yield* judgeChange(
          needs.court,
          {
            before: {
              policy: world.policy,
              compile: (id) => compiles.compile(id),
              set: (name) => held('before', name),
            },
            after: {
              policy,
              compile: (id) => (stale.has(id) ? book : compiles).compile(id),
              set: (name) => held('after', name),
            },
            changes,
            groups,
          },
          needs.pinned?.() ?? NOTHING_PINNED,
          changedSets,
          wanted.judged,
        );
  const inGroups = groups.reduce((sum, { hosts }) => sum + hosts, 0);
  const hostsTouched =
    sets.length > 0 && needs.ipsetScope === 'all' ? policy.host.size : Math.max(inGroups, moved.size);
  return { groups, sets, effects, judgements, hostsTouched, looked, policy, version };
}
