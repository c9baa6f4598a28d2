import { describe, expect, it } from 'vitest';
import { Watcher } from '../../../src/actors/watching/watcher.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { StoreError, type Cursor, type FeedEvent } from '../../../src/store/store.js';
import type { Dirt } from '../../../src/world/dirt.js';
import { World } from '../../../src/world/world.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';

interface OpenFeed {
  readonly from: Cursor | undefined;
  readonly say: (event: FeedEvent) => void;
  closed: boolean;
}

function group(id: string, name = id): Document {
  return { id, name };
}
function snapshot(cursor: string, ...rows: readonly Document[]): FeedEvent {
  return { type: 'snapshot', rows: rows.map((doc) => ({ doc, revision: 1 })), cursor };
}
const LOST: FeedEvent = { type: 'lost', error: new StoreError('unavailable', 'gone') };

async function watcherAlone() {
  const stage = actorStage();
  const feeds: OpenFeed[] = [];
  const dirt: Dirt[] = [];
  const world = new World({ generateUnset: false });
  const metrics = createMetrics();
  const pid = await stage.start(
    new Watcher(
      {
        clock: stage.clock,
        store: {
          feed: (_table, from, say) => {
            const feed: OpenFeed = { from, say, closed: false };
            feeds.push(feed);
            return {
              close: () => {
                feed.closed = true;
                return Promise.resolve();
              },
            };
          },
        },
        world,
        log: stage.log,
        metrics,
        route: (made) => dirt.push(made),
      },
      'group',
    ),
  );
  return {
    stage,
    feeds,
    dirt,
    world,
    pid,
    names: () => [...world.rows('group').values()].map(({ name }) => name),
    shown: () => shownBy(stage, pid),
    says: async (event: FeedEvent, feed = feeds.at(-1)) => {
      feed?.say(event);
      await stage.idle();
    },
    counted: async () => (await metrics.registry.getMetricsAsJSON()).find(({ name }) => name === 'watcher')?.values,
  };
}

describe('a watcher', () => {
  it('brings the world the whole table, then each change, and tells what became stale', async () => {
    const w = await watcherAlone();
    await w.says(snapshot('1', group('a'), group('b')));
    expect([w.feeds[0]?.from, w.names(), w.shown()]).toMatchObject([undefined, ['a', 'b'], { rows: 2 }]);
    expect([...(w.dirt[0]?.groups ?? [])]).toEqual(['a', 'b']);
    await w.says({ type: 'changes', changes: [{ id: 'a', before: group('a'), after: group('a', 'c') }], cursor: '2' });
    await w.says({ type: 'changes', changes: [{ id: 'b', before: group('b') }], cursor: '3' });
    expect(w.names()).toEqual(['c']);
    expect([...(w.dirt[1]?.groups ?? [])]).toEqual(['a']);
    expect([...(w.dirt[2]?.removedGroups ?? [])]).toEqual(['b']);
  });

  it('opens a lost feed again where it was, and tells of the outage once', async () => {
    const w = await watcherAlone();
    await w.says(snapshot('1', group('a')));
    await w.says(LOST);
    expect(w.shown()).toMatchObject({ state: 'lost', error: 'gone', rows: 1 });
    // Jitter takes half of the wait away at most.
    await w.stage.advance(249);
    expect(w.feeds).toHaveLength(1);
    await w.stage.advance(1000);
    expect(w.feeds.map(({ from }) => from)).toEqual([undefined, '1']);
    await w.says(LOST);
    expect(w.stage.warnings()).toEqual(['a feed of the store is lost; opening it again']);
    await w.stage.advance(10_000);
    await w.says({ type: 'changes', changes: [], cursor: '2' });
    expect(w.shown()).toMatchObject({ state: 'watching' });
    expect(w.stage.lines.map(({ text }) => text)).toContain('the feed is back');
  });

  it('reconciles with a whole table, so that nothing that happened meanwhile is missed', async () => {
    const w = await watcherAlone();
    await w.says(snapshot('1', group('a'), group('b')));
    await w.says(LOST);
    await w.stage.advance(10_000);
    await w.says(snapshot('9', group('b', 'renamed'), group('c')));
    expect(w.names()).toEqual(['renamed', 'c']);
    const { groups, removedGroups } = w.dirt[1] ?? { groups: [], removedGroups: [] };
    expect([[...groups].sort(), [...removedGroups]]).toEqual([['b', 'c'], ['a']]);
  });

  it('hears nothing of a feed that it has given up', async () => {
    const w = await watcherAlone();
    await w.says(snapshot('1', group('a')));
    await w.says(LOST);
    await w.says(snapshot('2'), w.feeds[0]);
    expect(w.names()).toEqual(['a']);
  });

  it('opens it again within about ten seconds, however often in a row it is lost', async () => {
    const w = await watcherAlone();
    for (let losses = 1; losses <= 12; losses += 1) {
      await w.says(LOST);
      await w.stage.advance(10_250);
      expect(w.feeds).toHaveLength(losses + 1);
    }
  });

  it('closes its feed however it ends', async () => {
    const w = await watcherAlone();
    w.stage.system.exit(w.pid, 'kill', w.pid);
    await w.stage.idle();
    expect(w.feeds[0]?.closed).toBe(true);
  });
});
