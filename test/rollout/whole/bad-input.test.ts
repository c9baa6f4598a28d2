import { describe, expect, it } from 'vitest';
import { runCliInProcess } from '../../support/run-cli-in-process.js';
import { startSteppedFleet } from './stepped-fleet.js';

const LAST = { all: true };

/** A body for a policy that is none, and what is said of it. */
const NO_POLICIES: readonly (readonly [unknown, string])[] = [
  [[], 'object'],
  [{ steps: 'all' }, 'steps: must be a list'],
  [{ steps: {} }, 'steps: must be a list'],
  [{ steps: [] }, 'steps: must have 1 to 20 steps'],
  [{ steps: [...Array.from({ length: 999 }, () => ({ hosts: 1 })), LAST] }, 'steps: must have 1 to 20 steps'],
  [{ steps: [null, LAST] }, 'steps[0]: must be'],
  [{ steps: [[1], LAST] }, 'steps[0]: must be'],
  [{ steps: [{ hosts: 1, percent: 1 }, LAST] }, 'steps[0]: must be'],
  [{ steps: [{ hosts: 1.5 }, LAST] }, 'steps[0].hosts: must be a whole number'],
  [{ steps: [{ hosts: '1' }, LAST] }, 'steps[0].hosts: must be a whole number'],
  [{ steps: [{ percent: 101 }, LAST] }, 'steps[0].percent: must be a whole number from 1 to 100'],
  [{ steps: [{ percent: 10 }, { percent: 5 }, LAST] }, 'steps[1]: must cover at least as many'],
  [{ steps: [{ hosts: 1 }] }, 'steps[0]: the last step must be'],
  [{ steps: [LAST, LAST] }, 'steps[0]: only the last step'],
  [{ deadline_seconds: -1 }, 'deadline_seconds: must be a whole number from 1'],
  [{ deadline_seconds: 1e9 }, 'deadline_seconds: must be a whole number from 1'],
  [{ deadline_seconds: '165' }, 'deadline_seconds: must be a whole number'],
  [{ bake_keepalives: -1 }, 'bake_keepalives: must be a whole number'],
  [{ tolerate_percent: 101 }, 'tolerate_percent: must be a whole number'],
  [{ on_failure: 'panic' }, 'on_failure: must be'],
  [{ step: [LAST] }, 'step: is not known'],
];

const NO_REASONS: readonly (readonly [unknown, string])[] = [
  [{}, 'reason is missing'],
  [{ reason: null }, 'reason is missing'],
  [{ reason: '' }, 'reason must be a string of 1 to 1000'],
  [{ reason: '   ' }, 'reason must be a string of 1 to 1000'],
  [{ reason: 7 }, 'reason must be a string of 1 to 1000'],
  [{ reason: 'x'.repeat(1001) }, 'reason must be a string of 1 to 1000'],
  [[], 'object'],
];

/** Of each route of rollouts, what it does not take, and what is said; nothing changes by it. */
describe('routes of rollouts', () => {
  it('refuse a policy that is none, and name what is wrong', async () => {
    const { server, json } = await startSteppedFleet({ agents: 2 });
    const before = await json('GET', '/api/V2/rollout-policy/web');
    for (const [body, says] of NO_POLICIES) {
      const { status, text } = await server.flow(server.api('PUT', '/api/V2/rollout-policy/web', body));
      expect([body, status, text]).toEqual([body, 400, expect.stringContaining(says)]);
    }
    expect(await json('GET', '/api/V2/rollout-policy/web')).toEqual(before);
  });

  it('know no policy of a group that there is not, and no rollout of an id that there is not', async () => {
    const { server } = await startSteppedFleet({ agents: 2 });
    const unknown: readonly (readonly [string, string, unknown?])[] = [
      ['GET', '/api/V2/rollout-policy/nowhere'],
      ['PUT', '/api/V2/rollout-policy/nowhere', { steps: [LAST] }],
      ['DELETE', '/api/V2/rollout-policy/nowhere'],
      ['GET', '/api/V2/rollout/none.1'],
      ['GET', `/api/V2/rollout/${encodeURIComponent("x' or 1=1")}`],
      ['GET', `/api/V2/rollout/${'x'.repeat(2000)}`],
      ...['pause', 'resume', 'abort', 'promote'].map(
        (command) => ['POST', `/api/V2/rollout/none.1/${command}`, { reason: 'x' }] as const,
      ),
    ];
    for (const [method, path, body] of unknown) {
      const { status, json } = await server.flow(server.api(method, path, body));
      expect([method, path, status, json['code']]).toEqual([method, path, 404, 'not_found']);
    }
    const state = await server.flow(server.api('GET', '/api/V2/rollouts?state=lost'));
    expect([state.status, state.text]).toEqual([400, expect.stringContaining('must be one of planned')]);
    const command = await server.flow(server.api('POST', '/api/V2/rollout/none.1/stop', { reason: 'x' }));
    expect(command.status).toBe(404);
  });

  it('take no order without a reason, and none that the state does not take', async () => {
    const { server, edit, reaches, rollout, order } = await startSteppedFleet({ agents: 2 });
    await edit(1);
    await reaches('rolling');
    const path = `/api/V2/rollout/${rollout().id}`;
    for (const command of ['pause', 'resume', 'abort', 'promote'])
      for (const [body, says] of NO_REASONS) {
        const { status, text } = await server.flow(server.api('POST', `${path}/${command}`, body));
        expect([command, status, text]).toEqual([command, 400, expect.stringContaining(says)]);
      }
    const code = async (command: string) => {
      const { status, text } = await order(command);
      return status === 200 ? 200 : [status, (JSON.parse(text) as { code: string }).code];
    };
    const refused = [409, 'rollout_state'];
    expect([rollout().state, await code('resume')]).toEqual(['rolling', refused]);
    expect([await code('pause'), await code('pause')]).toEqual([200, refused]);
    expect(rollout().pause).toMatchObject({ kind: 'operator', why: expect.stringContaining('by the test') as string });
    expect([await code('abort'), await code('pause'), await code('resume')]).toEqual([200, refused, refused]);
    await reaches('rolled_back');
    for (const command of ['pause', 'abort', 'promote'])
      expect([command, await code(command)]).toEqual([command, refused]);
  });

  it.each([
    [['--deadline', '-5'], '--deadline: -5 is not a whole number'],
    [['--steps', [...Array<string>(20).fill('1'), 'all'].join()], '1 to 20 steps'],
    [['--steps', '1,ten,all'], 'must be such as'],
    [['--steps', ''], 'must be such as'],
    [['--bake', '1e9'], '--bake'],
    [['--on-failure', 'panic'], 'roll_back'],
  ])('and the command rollout-policy web %j', async (args, says) => {
    const { server } = await startSteppedFleet({ agents: 1 });
    const url = server.server.listening.api;
    const { code, err } = await server.flow(runCliInProcess(['rollout-policy', 'web', ...args, '--url', url]));
    expect([code, err]).toEqual([64, expect.stringContaining(says)]);
  });
});
