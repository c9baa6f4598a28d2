import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { LastGoodKeeper } from '../../../src/actors/last-good/last-good-keeper.js';
import { setUse } from '../../../src/actors/last-good/set-use.js';
import { IPSET_PUBLISHER } from '../../../src/actors/publishing/publisher-messages.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import type { Document } from '../../../src/model/document.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import { stopGenServer } from '../../../src/otp/index.js';
import { SetBook } from '../../../src/world/set-book.js';
import type { World, WorldTableName } from '../../../src/world/world.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryStore, type MemoryStore } from '../../support/actors/memory-store.js';

const WEB = { id: 'g1', name: 'web' };
export const KEPT = 'last_good_set:office_zv4';

export function zone(ipv4_addresses: readonly string[]): Document {
  return { id: 'z', name: 'office', ipv4_addresses, ipv6_addresses: [] };
}

interface Stage {
  readonly store?: MemoryStore;
  /** Milliseconds since the beginning. */
  readonly now?: number;
  /** Of the zone office. */
  readonly addresses?: readonly string[];
  /** It can't see whether anything changed, and so looks each time. */
  readonly looksAlways?: boolean;
}

/** The ruleset of group web names the set of zone office. */
export async function keeperAlone(options: Stage = {}) {
  const { store = memoryStore(), now = 0, addresses = ['192.0.2.1'], looksAlways = false } = options;
  const stage = actorStage();
  await stage.advance(now);
  const world = loadedWorld({ group: [WEB], zone: [zone(addresses)] });
  const outputs = new RulesetOutputs();
  const alarms = new AlarmBook(() => 0);
  const sets = new SetBook(world.policy, 'dog2', () => setUse(world, outputs));
  const names = (...needed: readonly string[]): void => {
    const text = { text: 'rules', hash: 'hash' };
    const ruleset = packRulesetSync({ set4: text, set6: text, unset4: text, unset6: text }, needed);
    outputs.set({ groupId: 'g1', groupName: 'web', dialect: 'dog2', ruleset, compiledAt: 1, publishedAt: 1 });
  };
  names('office_zv4');
  sets.published = sets.render();
  const dirtied = await stage.hear(IPSET_PUBLISHER);
  const seen = looksAlways ? everChanging(outputs, world) : { outputs, world };
  const pid = await stage.start(
    new LastGoodKeeper({ clock: stage.clock, store, sets, alarms, log: stage.log, ...seen }),
  );
  return {
    stage,
    store,
    world,
    outputs,
    sets,
    names,
    dirtied,
    pid,
    stop: () => stage.run(stopGenServer(stage.system, pid)),
    keptSets: () => store.rows('setting').filter(({ id }) => String(id).startsWith('last_good_set:')),
    shown: () => shownBy(stage, pid),
    alarms: () => alarms.list().map(({ id }) => id),
    publish: () => (sets.published = sets.render()),
    look: () => stage.advance(1000),
    later: () => stage.advance(5000),
  };
}

/** Which says that something changed each time that it is asked. */
function everChanging(outputs: RulesetOutputs, world: World) {
  let changes = 0;
  return {
    outputs: {
      get: (id: string) => outputs.get(id),
      values: () => outputs.values(),
      failures: outputs.failures,
      rollouts: outputs.rollouts,
      get changes() {
        return (changes += 1);
      },
    },
    world: {
      ready: true,
      rows: (table: WorldTableName) => world.rows(table),
      hostsOf: (group: string) => world.hostsOf(group),
      malformed: world.malformed,
      get version() {
        return (changes += 1);
      },
    },
  };
}
