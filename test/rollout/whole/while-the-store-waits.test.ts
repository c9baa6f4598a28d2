import { expect, it } from 'vitest';
import { touches } from '../../support/watched-store.js';
import { startSteppedFleet } from './stepped-fleet.js';
import { StoreError, type Store } from '../../../src/store/store.js';

it('an abort while the store takes what all are to have keeps it from those that did not have it', async () => {
  const stepped = await startSteppedFleet();
  const { server, group, edit, order, reaches, changedKeys, rollout } = stepped;
  const { state } = server.server;
  const before = state.outputs.get(group)?.ruleset.id;
  await edit(1);
  await reaches('rolling');
  await server.awaits(() => changedKeys().length === 1, 'the first has it');
  const first = rollout().steps.flatMap(({ hosts }) => hosts);
  const store: { commit: Store['commit'] } = state.store;
  const commit = store.commit.bind(store);
  let letOn: () => void = () => undefined;
  let waits = false;
  store.commit = async (changes, by) => {
    if (touches(changes, 'ruleset_output') && !waits) {
      waits = true;
      await new Promise<void>((resolve) => {
        letOn = resolve;
      });
    }
    return commit(changes, by);
  };
  expect((await order('promote')).status).toBe(200);
  await server.awaits(() => waits, 'the group stores what all are to have');
  expect((await order('abort')).status).toBe(200);
  const ever = new Set(changedKeys());
  letOn();
  await server.awaits(() => {
    for (const hostkey of changedKeys()) ever.add(hostkey);
    return rollout().state === 'rolled_back' && changedKeys().length === 0;
  }, 'it is taken back');
  await server.pass(10_000);
  expect(changedKeys()).toEqual([]);
  expect(first).toEqual(expect.arrayContaining([...ever]));
  expect(state.outputs.get(group)?.ruleset.id).toBe(before);
  await reaches('rolled_back');
});

it('what a change breaks that the store can not tell now is asked again, and nobody need come', async () => {
  const stepped = await startSteppedFleet();
  const { server, edit, rollout, reaches } = stepped;
  const store: { list: Store['list'] } = server.server.state.store;
  const list = store.list.bind(store);
  let away = true;
  store.list = (table) =>
    table === 'assertion' && away ? Promise.reject(new StoreError('unavailable', 'away')) : list(table);
  await edit(1);
  await reaches('planned');
  await server.pass(5000);
  expect(rollout()).toMatchObject({ state: 'planned', steps: [], pause: null });
  expect(JSON.stringify(server.tree())).toContain('it can not be told what it breaks: away');
  away = false;
  await reaches('done');
});
