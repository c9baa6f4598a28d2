import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { showRolloutAlarms } from '../../../src/actors/rollouts/rollout-alarms.js';
import type { GroupLine } from '../../../src/operations/fleet-answers.js';
import type {
  RolloutDetail,
  RolloutLine,
  RolloutPolicyAnswer,
} from '../../../src/operations/rollouts/rollout-answers.js';
import { runCliInProcess } from '../../support/run-cli-in-process.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { startSteppedFleet, type SteppedFleet } from './stepped-fleet.js';

/** Runs a command against the server of the fleet, as somebody at a shell would. */
function shellOf({ server }: SteppedFleet) {
  const url = server.server.listening.api;
  return (...args: string[]) => server.flow(runCliInProcess([...args, '--url', url]));
}

describe('commands about rollouts', () => {
  it('list them, show one with its hosts, and steer it', async () => {
    const stepped = await startSteppedFleet();
    const { edit, reaches, rollout, canary, server } = stepped;
    const cli = shellOf(stepped);
    await edit(1);
    await reaches('rolling');
    const { id } = rollout();
    const first = canary().progress().name;

    expect((await cli('rollouts')).out).toMatch(new RegExp(`^${id}\tweb\trolling\t1 host\t1\t`));
    expect((await cli('rollouts', '--state', 'done')).out).toBe('');
    const shown = await cli('rollout', id);
    expect([shown.code, shown.err]).toEqual([0, '']);
    expect(shown.out).toMatch(/^state\trolling$/m);
    expect(shown.out).toMatch(/^steps\t1 host, 50 %, all$/m);
    expect(shown.out).toMatch(/^step\t1 of 3: 1 host$/m);
    expect(shown.out).toMatch(/^hosts\t4: 3 pending, 1 sent$/m);
    const hosts = shown.out.split('\n\n')[1]?.trimEnd().split('\n') ?? [];
    expect([hosts.length, hosts[0]]).toEqual([4, `${first}\t${canary().hostkey}\tsent\t`]);

    const held = await cli('rollout', id, '--pause', '--reason', 'we look first');
    expect([held.code, held.out]).toEqual([0, `rollout ${id} of group web is paused\n`]);
    const status = await cli('status');
    expect([status.code, status.out]).toEqual([
      3,
      expect.stringContaining(`group web: rollout ${id} is paused (1 host): `),
    ]);
    const line = (JSON.parse((await cli('groups', '--json')).out) as GroupLine[]).find(({ name }) => name === 'web');
    expect(line?.rollout).toMatchObject({ id, state: 'paused', step: '1 host' });
    expect((await cli('group', 'web')).out).toMatch(new RegExp(`^rollout\t${id} is paused .*we look first$`, 'm'));
    expect((await cli('top', '--once')).out).toContain('rollout.paused');
    // The first group on the screen is the one that waits for somebody.
    expect((await cli('top', '--once', '--view', 'groups')).out.split('\n')[5]).toMatch(/^web .*rollout /);

    expect((await cli('rollout', id, '--resume', '--reason', 'looked')).out).toContain('is rolling');
    expect((await cli('rollout', id, '--abort', '--reason', 'no')).out).toContain('is rolling back');
    await reaches('rolled_back');
    const late = await cli('rollout', id, '--abort', '--reason', 'again');
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('it is rolled_back')]);
    const detail = JSON.parse((await cli('rollout', id, '--json')).out) as RolloutDetail;
    expect(detail).toMatchObject({ id, state: 'rolled_back', hosts: [] });
    expect(JSON.parse((await cli('rollouts', '--json')).out) as RolloutLine[]).toHaveLength(1);
    expect((await cli('events', '--kinds', 'rollout_state')).out).toMatch(/rollout_state .*to=rolled_back/);
    expect((await cli('groups')).out).toMatch(/^web\t.*rolled back/m);
    await server.pass(1000);
  });

  it('say which hosts have newer rules than those that an answer is about', async () => {
    const stepped = await startSteppedFleet();
    const { edit, reaches, order, canary, rollout, server } = stepped;
    const cli = shellOf(stepped);
    const asked = ['--from', 'group:db', '--to', 'group:web', '--protocol', 'tcp', '--port', '22'];
    expect((await cli('explain', ...asked)).out).not.toContain('newer rules');
    await edit(1);
    await reaches('rolling');
    await order('pause');
    const { id } = rollout();
    const says = `not about ${canary().progress().name} of group web: rollout ${id} gave them newer rules\n`;
    expect((await cli('explain', ...asked)).out).toContain(says);
    expect((await cli('reach', '--to', 'group:web')).out).toContain(says);
    await order('abort');
    await reaches('rolled_back');
    expect((await cli('explain', ...asked)).out).not.toContain('newer rules');
    await server.pass(1000);
  });

  it('show and set how changes reach hosts', async () => {
    const cli = shellOf(await startSteppedFleet({ agents: 2 }));
    expect((await cli('rollout-policy')).out).toBe(
      "db\tto all hosts at once\t-\nweb\tin steps: 1 host, 50 %, all\tthe group's own\n",
    );
    const set = await cli('rollout-policy', 'db', '--steps', '1, 10% at least 2,all', '--deadline', '200');
    expect(set.out).toMatch(/^changes go\tin steps: 1 host, 10 % \(at least 2\), all$/m);
    const read = async () => JSON.parse((await cli('rollout-policy', 'db', '--json')).out) as RolloutPolicyAnswer;
    expect((await read()).own).toMatchObject({ deadline_seconds: 200, bake_keepalives: 2, on_failure: 'roll_back' });
    const file = join(temporaryDirectory(), 'policy.json');
    writeFileSync(file, JSON.stringify({ steps: [{ hosts: 2 }, { all: true }], on_failure: 'pause' }));
    expect((await cli('rollout-policy', 'db', '--file', file)).code).toBe(0);
    expect((await read()).own).toMatchObject({ steps: [{ hosts: 2 }, { all: true }], on_failure: 'pause' });
    expect((await cli('rollout-policy', 'db', '--remove')).out).toMatch(/^changes go\tto all hosts at once$/m);
  });

  it.each([
    [['rollout', 'x', '--pause'], 64, '--pause needs --reason'],
    [['rollout', 'x', '--reason', 'why'], 64, 'give one of them'],
    [['rollout', 'x', '--pause', '--abort', '--reason', 'why'], 64, 'give one of --pause'],
    [['rollout', 'x'], 1, 'there is no rollout "x"'],
    [['rollouts', '--state', 'lost'], 64, 'Allowed choices are planned'],
    [['rollout-policy', '--steps', '1,all'], 64, 'name the group'],
    [['rollout-policy', 'web', '--steps', '1,5'], 64, 'the last step must be'],
    [['rollout-policy', 'web', '--bake', 'two'], 64, '--bake: two is not a whole number'],
    [['rollout-policy', 'web', '--deadline', '0'], 64, 'deadline_seconds'],
    [['rollout-policy', 'web', '--remove', '--bake', '1'], 64, 'set a policy, or --remove it'],
    [['rollout-policy', 'nowhere'], 1, '404'],
  ] as const)('refuse %j', async (args, code, says) => {
    const stepped = await fleetOfAll();
    const run = await shellOf(stepped)(...args);
    expect([run.code, run.err]).toEqual([code, expect.stringContaining(says)]);
  });
});

/** A server that a test only asks. */
function fleetOfAll(): Promise<SteppedFleet> {
  return startSteppedFleet({ agents: 1 });
}

describe('what people are told of rollouts', () => {
  it('a mail when one is paused, when its rollback is blocked, when it was rolled back', async () => {
    const { edit, reaches, order, canary, server, group } = await startSteppedFleet();
    const told = (alarm: string) =>
      server.awaits(
        () =>
          server.relay.mails.find(({ headers }) => headers.get('subject') === `Dog Alarm: ${alarm}:group/${group}`)
            ?.body,
        `a mail of ${alarm}`,
      );
    await edit(1);
    await reaches('rolling');
    await order('pause', 'we look first');
    expect(await told('rollout.paused')).toContain('we look first');
    await order('resume');
    await canary().inject({ kind: 'silent' });
    await reaches('rollback_blocked');
    expect(await told('rollout.blocked')).toContain(canary().progress().name);
    await canary().inject({ kind: 'talkative' });
    await reaches('rolled_back');
    expect(await told('rollout.rolled_back')).toContain('was rolled back');
  });

  it('one mail when many are rolled back at once', async () => {
    const { edit, reaches, rollout, server } = await startSteppedFleet({
      set: ['alerts.digest_after=1', 'alerts.digest_window_seconds=5'],
    });
    await edit(1);
    await reaches('done');
    const before = server.relay.mails.length;
    const { alarms } = server.server.state;
    for (let n = 1; n <= 30; n += 1)
      showRolloutAlarms(alarms, {
        ...rollout(),
        groupId: `g${n}`,
        groupName: `g${n}`,
        state: 'rolled_back',
        why: 'a host failed',
      });
    const digest = await server.awaits(
      () => server.relay.mails.slice(before).find(({ body }) => body.includes('rollout.rolled_back:group/g30'))?.body,
      'the digest',
    );
    expect(digest).toContain('rollout.rolled_back:group/g2');
    expect(server.relay.mails.length - before).toBeLessThanOrEqual(3);
  });

  it('figures: rollouts by state, hosts by how they stand, how long it took', async () => {
    const { edit, reaches, order, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await order('pause');
    const figure = async (name: string, key: string) => {
      const text = await server.flow(fetch(`${server.server.listening.metrics}/metrics`).then((got) => got.text()));
      return new RegExp(`^${name}\\{.*="${key}"\\} (\\d+)$`, 'm').exec(text)?.[1];
    };
    await server.pass(11_000);
    expect(await figure('dog_trainer_rollouts', 'paused')).toBe('1');
    expect(await figure('dog_trainer_rollout_hosts', 'pending')).toBe('3');
    await order('resume');
    await reaches('done');
    await server.pass(11_000);
    expect(await figure('dog_trainer_rollouts', 'done')).toBe('1');
    expect(await figure('dog_trainer_rollout_hosts', 'pending')).toBe('0');
    const text = await server.flow(fetch(`${server.server.listening.metrics}/metrics`).then((got) => got.text()));
    expect(text).toMatch(/^dog_trainer_rollout_seconds_count 1$/m);
  });
});
