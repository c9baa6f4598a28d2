import { createHash } from 'node:crypto';
import { OwnSetsMessage } from '../../actors/links/own-sets-message.js';
import { usableSets } from '../../federation/learnt-sets.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { encodeFederation, openFederation, readFederationInSteps } from '../../wire/messages/federation.js';
import { Slices } from '../../world/slices.js';
import { World, WORLD_TABLES } from '../../world/world.js';
import type { Bench, Stage } from '../bench.js';
import { watched } from '../cpu.js';
import { dotted } from '../policy/dotted.js';
import { listOf } from '../policy/list-of.js';
import type { Row } from '../row.js';

const ROUNDS = 7;
/** The longest that anything may hold the loop. */
const HOLD_MS = 50;
const BOUNDS = { names_max: 10_000, addresses_max: 262_144 };

/** What linked servers send and are sent, at the sizes that the limits let through. */
export const LINKS: Bench = {
  name: 'links',
  title: 'Linked servers: longest hold of the loop',
  ownBuild: true,
  async run(stage) {
    const body = largeMessage(stage.scaled(245_000));
    const [reading, own]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      reading.push((await watched(() => Promise.resolve().then(() => read(body)))).hold);
      const message = ownSets(stage);
      own.push((await watched(async () => message.now())).hold);
    }
    const row = (name: string, work: readonly number[]): Row => ({
      name,
      unit: 'ms',
      work,
      bound: { of: 'value', at: 'most', limit: HOLD_MS },
    });
    return [row('a message of 4 MiB read', reading), row('our own 100,000 addresses made a message', own)];
  },
};

/** About 4 MiB, which is what `links.max_message_bytes` lets through. */
function largeMessage(addresses: number): Uint8Array {
  const all = listOf(addresses, (n) => `${dotted(10, n)}/32`).sort();
  const none = { groups: {}, zones: {} };
  return encodeFederation({ name: 'q1', v4: { groups: {}, zones: { all } }, v6: none, ec2: {} }, stampAt(new Date(0)));
}

/** As the actor of a link does: it opens a message of this size in one turn, and reads it in slices. */
async function read(body: Uint8Array): Promise<void> {
  const json = openFederation(body);
  createHash('sha256').update(json).digest('hex');
  usableSets(await new Slices().run(readFederationInSteps(json)), BOUNDS);
}

function ownSets(stage: Stage): OwnSetsMessage {
  const world = new World({ generateUnset: false });
  const zone = {
    id: 'z',
    name: 'all',
    ipv4_addresses: listOf(stage.scaled(70_000), (n) => dotted(10, n)),
    ipv6_addresses: listOf(stage.scaled(30_000), (n) => `fd00::${n.toString(16)}`),
  };
  for (const table of WORLD_TABLES) world.reconcile(table, table === 'zone' ? [zone] : []);
  return new OwnSetsMessage({
    clock: { now: () => 0 },
    config: { env: 'me' },
    world,
    dialect: 'dog2',
    gate: { paused: false },
    metrics: { count: () => undefined },
    slices: new Slices(),
  });
}
