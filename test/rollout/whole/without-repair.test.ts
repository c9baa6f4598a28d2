import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import type { Document } from '../../../src/model/document.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { startVirtualServer } from '../../support/virtual-server.js';
import { startSteppedFleet, type SteppedFleet } from './stepped-fleet.js';

const SET = ['repair=false'];

async function untilTwoHaveIt({ edit, reaches, server, changedKeys }: SteppedFleet): Promise<void> {
  await edit(1);
  await reaches('rolling');
  await server.awaits(() => changedKeys().length === 2, 'two hosts have it');
}

/** What a rollout gave, it takes back itself: nothing rests on the repair of hosts that drifted. */
describe('where hosts are not repaired', () => {
  it('a pin at what the group has takes the change from the hosts that had it', async () => {
    const stepped = await startSteppedFleet({ set: SET });
    const { server, group, reaches, changedKeys } = stepped;
    await untilTwoHaveIt(stepped);
    await stepped.json('POST', `/api/V2/group/${group}/revisions/1/pin`, { reason: 'hold' });
    await reaches('superseded');
    await server.awaits(() => changedKeys().length === 0, 'all have what they had');
  });

  it('a newer edit takes it from the hosts that had it, but for the first', async () => {
    const stepped = await startSteppedFleet({ set: SET });
    const { server, edit, order, rollout, changedKeys } = stepped;
    await untilTwoHaveIt(stepped);
    const { id } = rollout();
    await edit(2);
    await server.awaits(() => rollout().id !== id && rollout().steps.length > 0, 'the newer one has begun');
    await order('pause');
    await server.awaits(() => changedKeys().length === 1, 'the first alone has something else');
    await server.pass(10_000);
    expect(changedKeys()).toEqual(rollout().steps[0]?.hosts);
  });

  it('one that is promoted while it is taken back begins with one host; the others have what they had', async () => {
    const stepped = await startSteppedFleet({ set: SET });
    const { server, order, rollout, changedKeys } = stepped;
    await untilTwoHaveIt(stepped);
    // Nothing is sent back before the other order comes.
    await stepped.json('POST', '/api/V2/publishing', { paused: true });
    await server.awaits(() => rollout().pause?.kind === 'blind', 'it stands still');
    expect((await order('abort')).status).toBe(200);
    expect((await order('promote')).status).toBe(200);
    expect(rollout()).toMatchObject({ state: 'planned', steps: [] });
    await stepped.json('POST', '/api/V2/publishing', { paused: false });
    await server.awaits(() => rollout().steps.length === 1, 'its first step');
    expect((await order('pause')).status).toBe(200);
    await server.pass(10_000);
    expect(changedKeys()).toEqual(rollout().steps[0]?.hosts);
  });

  it('one that is aborted before the message to all was made is taken from the hosts of its steps', async () => {
    const stepped = await startSteppedFleet({ set: SET });
    const { server, group, rollout, changedKeys } = stepped;
    await untilTwoHaveIt(stepped);
    const { id } = rollout();
    await server.stop();
    // As a server leaves it that was killed just then.
    const store = await createSqliteStore({ path: loadConfig({ data: server.data }).config.store.path });
    const now = Math.floor(server.clock.now() / 1000);
    const edit = (row: Document) => ({ ...row, state: 'rolling_back', promoted_at: now, returned_at: now });
    await store.commit([{ op: 'edit', table: 'rollout', id, edit }], { author: 'test' });
    await store.close();
    const again = await startVirtualServer({ data: server.data, broker: server.broker, clock: server.clock, set: SET });
    const { rollouts } = again.server.state.outputs;
    await again.awaits(() => changedKeys().length === 0, 'all have what they had');
    await again.awaits(() => rollouts.get(group)?.state === 'rolled_back', 'it is over');
  });
});
