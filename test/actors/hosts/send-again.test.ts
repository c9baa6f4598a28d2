import { expect, it } from 'vitest';
import { call } from '../../../src/otp/index.js';
import { activeRow, GROUP, hostStage, KEY, type HostStage } from '../../support/actors/host-stage.js';
import { outputsOf, rulesetOf } from '../../support/actors/outputs-of.js';

function again(stage: HostStage) {
  return stage.v.run(call(stage.v.system, stage.host, { tag: 'send_again' }, Infinity));
}

it('sends a host all that it is to have, by its own key, and not at once again', async () => {
  const stage = await hostStage({ rows: [activeRow()] });
  expect(await again(stage)).toEqual({ sent: ['ruleset', 'sets'], why: null });
  expect(stage.sent).toEqual([`host-sets/${KEY}`, `host/${KEY}`]);
  expect(await again(stage)).toEqual({ sent: [], why: 'it was sent that a moment ago' });
  await stage.v.advance(20_000);
  expect((await again(stage)) as object).toMatchObject({ why: null });
  expect(stage.sent).toHaveLength(4);
});

it('is no repair: it counts as none, and happens where repairs are off', async () => {
  const stage = await hostStage({ rows: [activeRow()], config: { repair: false } });
  await stage.says({ holds: { hash4_ipsets: 'other' } });
  expect((await again(stage)) as object).toMatchObject({ sent: ['ruleset', 'sets'] });
  expect(stage.needs.drift.get(KEY)?.repairs).toBe(0);
});

it('says why nothing is sent', async () => {
  const gone = await hostStage();
  expect(await again(gone)).toEqual({ sent: [], why: 'the host is gone' });
  const paused = await hostStage({ rows: [activeRow()], needs: { gate: { paused: true } } });
  expect(await again(paused)).toEqual({ sent: [], why: 'publishing is paused' });
  const untaken = { published: undefined, untaken: new Set<string>() };
  const onItsWay = await hostStage({
    rows: [activeRow()],
    needs: { sets: untaken, outputs: outputsOf(GROUP, rulesetOf('now'), null) },
  });
  expect(await again(onItsWay)).toEqual({
    sent: [],
    why: 'its ruleset is on its way to its group, and comes with that',
  });
  const noGroup = await hostStage({ rows: [activeRow({ group: 'none' })], needs: { sets: untaken } });
  expect(await again(noGroup)).toEqual({ sent: [], why: 'its group has no ruleset yet' });
  expect([...paused.sent, ...onItsWay.sent, ...noGroup.sent]).toEqual([]);
});
