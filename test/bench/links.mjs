import { createHash } from 'node:crypto';
import { judge } from '../../dist/actors/links/external-row.js';
import { OwnSetsMessage } from '../../dist/actors/links/own-sets-message.js';
import { usableSets } from '../../dist/federation/learnt-sets.js';
import { stampAt } from '../../dist/wire/messages/envelope.js';
import { encodeFederation, openFederation, readFederation } from '../../dist/wire/messages/federation.js';
import { Slices } from '../../dist/world/slices.js';
import { scaled } from './scaled.mjs';

/** Longest that one piece of work may hold up the event loop, milliseconds. */
const HOLD_MS = 50;
const ROUNDS = 7;

export const title = 'Linked servers: longest hold of the event loop (floor: the bound of 50 ms)';

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const address = (at) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;

/** The longest time in which no turn of the event loop began, while `work` is under way. */
async function longestHold(work) {
  let longest = 0;
  let last = performance.now();
  let done = false;
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  done = true;
  return longest;
}

/** Of an actor, what waiting takes. */
const SELF = {
  system: { clock: { setTimer: (ms, then) => setTimeout(then, ms), clearTimer: clearTimeout } },
  signal: new AbortController().signal,
};

/** A message of about 4 MiB, which is what `links.max_message_bytes` lets through. */
function largeMessage() {
  const list = Array.from({ length: scaled(245_000) }, (_none, at) => `${address(at)}/32`).sort();
  const none = { groups: {}, zones: {} };
  return encodeFederation(
    { name: 'q1', v4: { groups: {}, zones: { all: list } }, v6: none, ec2: {} },
    stampAt(new Date(0)),
  );
}

function ownSets() {
  const zone = {
    id: 'z',
    name: 'all',
    ipv4_addresses: Array.from({ length: scaled(70_000) }, (_none, at) => address(at)),
    ipv6_addresses: Array.from({ length: scaled(30_000) }, (_none, at) => `fd00::${at.toString(16)}`),
  };
  const parts = ['group', 'host', 'link', 'external', 'service', 'profile', 'ruleset'];
  const tables = Object.fromEntries(parts.map((part) => [part, new Map()]));
  return new OwnSetsMessage({
    clock: { now: () => 0 },
    config: { env: 'me' },
    world: { ready: true, version: 1, policy: { ...tables, zone: new Map([['z', zone]]), hostAddressesMax: 1000 } },
    dialect: 'dog2',
    gate: { paused: false },
    metrics: { count: () => undefined },
    slices: new Slices(),
  });
}

export async function run() {
  const body = largeMessage();
  const bounds = { names_max: 10_000, addresses_max: 262_144 };
  const stored = { id: 'e', state: 'active', ...usableSets(readFederation(openFederation(body)), bounds).sets };
  const [reading, comparing, own] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    let sets;
    reading.push(
      await longestHold(async () => {
        const json = openFederation(body);
        createHash('sha256').update(json).digest('hex');
        ({ sets } = usableSets(readFederation(json), bounds));
      }),
    );
    comparing.push(await longestHold(() => judge(SELF, { ...stored, ec2: { x: [] } }, sets, 30)));
    own.push(await longestHold(() => ownSets().now()));
  }
  return [
    ['a message of 4 MiB read', reading],
    ['compared with what is stored', comparing],
    ['our own 100,000 addresses made a message', own],
  ].map(([name, times]) => {
    const median_ms = median(times);
    return { name, median_ms, floor_ms: HOLD_MS, ratio: median_ms / HOLD_MS };
  });
}
