import type { GroupCast } from '../../actors/groups/group-messages.js';
import { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import { loadKeptRows } from '../../actors/last-good/kept-rows.js';
import { loadPins } from '../../actors/groups/pin-doc.js';
import { loadRollouts } from '../../actors/rollouts/load-rollouts.js';
import type { RolloutCall, RolloutCast, RolloutReply } from '../../actors/rollouts/rollout-messages.js';
import { usualRollout } from '../../config/usual-rollout.js';
import { heldRevisions } from '../../actors/groups/held-revisions.js';
import { setUse } from '../../actors/last-good/set-use.js';
import { Turnstile } from '../../actors/turnstile.js';
import { unknownReferences } from '../../config/unknown-references.js';
import type { Dialect } from '../../firewall/dialect.js';
import { compileInputs } from '../../firewall/policy/compile-inputs.js';
import { CompileBook } from '../../firewall/policy/compile-book.js';
import { type Foresight, worldForesight } from '../../plan/foresight.js';
import { keyedChildren, type KeyedChildren } from '../../otp/index.js';
import { GroupSets } from '../../world/group-sets.js';
import { SetBook } from '../../world/set-book.js';
import { Slices } from '../../world/slices.js';
import { World } from '../../world/world.js';
import { chooseDialect, wantedDialect } from '../opening/choose-dialect.js';
import { compilerCode } from '../opening/compiler-code.js';
import type { ServerBase } from './server-base.js';

/** Rulesets read from the store at once. */
const MOST_LOADS = 16;

/** The policy in memory, and what comes of it: sets and rulesets. */
export interface PolicyState {
  readonly dialect: Dialect;
  readonly world: World;
  readonly sets: SetBook;
  /** Which of them each group needs, and has been given, where they go by group. */
  readonly groupSets: GroupSets;
  readonly outputs: RulesetOutputs;
  /** What groups compile to, each distinct input once. */
  readonly compiles: CompileBook;
  /** What would ship after writes. */
  readonly foresight: Foresight;
  /** Where long work is done a slice at a time. */
  readonly slices: Slices;
  /** Groups whose ruleset is being read from the store: not all of a fleet at once. */
  readonly loads: Turnstile;
  /** Group actors by group id. */
  readonly groups: KeyedChildren<GroupCast>;
  /** Those who bring changes of groups to their hosts in steps, by group id. */
  readonly rollers: KeyedChildren<RolloutCast, RolloutCall, RolloutReply>;
}

/**
 * Reads from the store which dialect is settled, and settles it unless nothing may be written (`observe`); and the last
 * good fields of malformed documents.
 */
export async function createPolicyState(
  { system, config, log, store, guards }: Pick<ServerBase, 'system' | 'config' | 'log' | 'store' | 'guards'>,
  { observe }: { readonly observe: boolean },
): Promise<PolicyState> {
  const dialect = observe ? (await wantedDialect(config, store)).dialect : await chooseDialect(config, store, log);
  const world = new World({
    generateUnset: config.generate_unset_tables,
    anyIsEveryone: unknownReferences(config, dialect) === 'accept',
    hostAddressesMax: config.intake.addresses_max,
  });
  world.malformed.remember(await loadKeptRows(store));
  const outputs = new RulesetOutputs();
  for (const group of await loadPins(store, outputs))
    log.error(
      { group },
      'the texts of the revision at which a group is held are gone: it gets what its policy compiles to',
    );
  outputs.rollouts.usual = usualRollout(config);
  for (const why of await loadRollouts(store, outputs)) log.error({ why }, 'a rollout or its policy is lost');
  const sets = new SetBook(world.policy, dialect, () => setUse(world, outputs));
  const groupSets = new GroupSets(config.ipset_scope, system.clock);
  const generateUnset = config.generate_unset_tables;
  const compiles = new CompileBook(world.policy, { dialect, generateUnset });
  outputs.inputsOf = (group) =>
    compileInputs(world.policy, group, { dialect, generateUnset, compiler: compilerCode() });
  return {
    dialect,
    world,
    sets,
    groupSets,
    outputs,
    compiles,
    foresight: worldForesight({
      world,
      store,
      compiles,
      dialect,
      generateUnset,
      ipsetScope: config.ipset_scope,
      contents: () => sets.published?.contents ?? new Map(),
      slices: new Slices(),
      guards,
      pinned: () => heldRevisions(outputs),
      noteCause: (groups, cause) => outputs.revisions.noteCause(groups, cause),
    }),
    slices: new Slices({ growing: true }),
    loads: new Turnstile(MOST_LOADS),
    groups: keyedChildren(system, { supervisor: 'groups_sup' }),
    rollers: keyedChildren(system, { supervisor: 'rollout_sup' }),
  };
}
