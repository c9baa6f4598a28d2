import { describe, expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

/** How often this run of the server has compiled. */
async function compiled({ server }: WholeServer): Promise<number> {
  const text = await (await fetch(`${server.listening.metrics}/metrics`)).text();
  return Number(/^dog_trainer_compile_seconds_count (\d+)/m.exec(text)?.[1]);
}

/** Waits until each group's actor has looked at the policy, and has compiled what it found changed. */
async function allLookedAt({ server }: WholeServer): Promise<void> {
  const { system, world, groups, slices } = server.state;
  const hasLooked = (id: string): boolean => {
    const pid = groups.whereis(id);
    return pid !== undefined && Number(system.sys.getState(pid)?.['policy_seen']) >= 0;
  };
  await until(() => world.ready && [...world.rows('group').keys()].every(hasLooked), 'all groups have looked');
  // Work is done in the order in which it was asked for.
  await slices.run(nothing());
}

function* nothing(): Generator<void, void> {
  yield;
}

describe('a start', () => {
  it('compiles no group whose texts the store has, made from the policy as it is', async () => {
    const data = temporaryDirectory();
    const first = await startWholeServer({ data });
    await first.group('web');
    const { group, ruleset } = await first.group('db');
    // The same rules in another document: nothing is sent, and the next start has nothing to compile all the same.
    const before = await compiled(first);
    await first.edit('ruleset', ruleset, { name: 'reviewed' });
    await until(async () => (await compiled(first)) > before, 'the edit is compiled');
    await allLookedAt(first);
    await first.stop();

    const second = await startWholeServer({ data });
    await allLookedAt(second);
    expect([...second.server.state.outputs.values()]).toHaveLength(2);
    expect(await compiled(second)).toBe(0);
    await second.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'new' }], outbound: [] } });
    await until(
      () => second.server.state.outputs.get(group)?.ruleset.texts.set4.text.includes('new'),
      'an edit is compiled as ever',
    );
  });
});
