import { describe, expect, it } from 'vitest';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { loadRollouts } from '../../../src/actors/rollouts/load-rollouts.js';
import { loadConfig } from '../../../src/config/load.js';
import type { Document } from '../../../src/model/document.js';
import { textOf } from '../../../src/model/text-of.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import type { Change } from '../../../src/store/store.js';
import { RULE } from '../../support/api-client.js';
import { startVirtualServer } from '../../support/virtual-server.js';
import { startSteppedFleet } from './stepped-fleet.js';

function row(change: Document | Omit<Document, 'id'>) {
  return ({ id }: Document): readonly Change[] => [
    { op: 'edit', table: 'rollout', id, edit: (doc) => ({ ...doc, ...change }) },
  ];
}

/** What becomes of the rollout's document, or of what it names; what is said of it at the next start. */
const DAMAGES: readonly (readonly [string, (doc: Document) => readonly Change[], RegExp])[] = [
  ['its policy is none', row({ policy: { steps: 'all' } }), /is no rollout/],
  ['it has no policy', row({ policy: null }), /is no rollout/],
  ['it stands still, from nowhere', row({ state: 'paused', pause: {} }), /is no rollout/],
  ['its state is none', row({ state: 'flying' }), /is no rollout/],
  ['its times are none', row({ compiled_at: 'noon' }), /is no rollout/],
  ['its number is none', row({ number: 'one' }), /does not say of which group/],
  ['it names no group', row({ group_id: null }), /does not say of which group/],
  [
    'its text is gone',
    (doc) => [{ op: 'remove', table: 'ruleset_text', id: textOf(doc['candidate']) }],
    /no longer kept/,
  ],
  [
    'its text is another',
    (doc) => [
      {
        op: 'edit',
        table: 'ruleset_text',
        id: textOf(doc['candidate']),
        edit: (text) => ({ ...text, set4: { hash: 'x', packed: 'x' } }),
      },
    ],
    /no longer kept/,
  ],
  [
    'the policy of its group is none',
    (doc) => [
      { op: 'edit', table: 'rollout_policy', id: textOf(doc['group_id']), edit: ({ id }) => ({ id, policy: 7 }) },
    ],
    /rollout policy of group .* is none/,
  ],
];

describe('a rollout that the store has otherwise than it was written', () => {
  it.each(DAMAGES)('(%s) is said, and holds up neither the start nor the next change', async (_what, damage, says) => {
    const first = await startSteppedFleet({ agents: 4 });
    await first.edit(1);
    await first.reaches('rolling');
    await first.server.awaits(() => first.changedKeys().length === 1, 'the first host has it');
    const { id } = first.rollout();
    const { data, broker, clock } = first.server;
    await first.server.stop();
    const store = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
    const doc = (await store.get('rollout', id))?.doc;
    expect(doc).toBeDefined();
    expect(await loadRollouts(store, new RulesetOutputs())).toEqual([]);
    const { ok } = await store.commit(damage(doc ?? { id }), { author: 'test' });
    expect(ok).toBe(true);
    expect(await loadRollouts(store, new RulesetOutputs())).toEqual([expect.stringMatching(says)]);
    await store.close();

    const again = await startVirtualServer({ data, broker, clock });
    const rules = { inbound: [RULE, { ...RULE, comment: 'edit 2' }], outbound: [] };
    await again.edit('ruleset', first.ruleset, { rules });
    await again.awaits(
      () => first.agentsOf('web').every((agent) => hashOf(agent) === wanted()),
      'all hosts have the next change',
    );
    const list = await again.flow(again.api('GET', '/api/V2/rollouts'));
    expect(list.status, list.text).toBe(200);
    expect((await again.flow(again.api('GET', `/api/V2/rollout/${id}`))).status).toBeLessThan(500);

    function wanted(): string | undefined {
      const given = again.server.state.outputs.get(first.group)?.ruleset;
      return given?.texts.set4.text.includes('edit 2') === true ? given.texts.set4.hash : undefined;
    }
  });

  it('of a group that is gone is said, and nobody looks after it', async () => {
    const first = await startSteppedFleet({ agents: 4 });
    await first.edit(1);
    await first.reaches('rolling');
    const { data, broker, clock } = first.server;
    await first.server.stop();
    const store = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
    await store.commit([{ op: 'remove', table: 'group', id: first.group }], { author: 'test' });
    expect(await loadRollouts(store, new RulesetOutputs())).toEqual([expect.stringMatching(/the group is gone/)]);
    await store.close();
    const again = await startVirtualServer({ data, broker, clock });
    await again.pass(5000);
    const { outputs, rollers } = again.server.state;
    expect([outputs.rollouts.get(first.group), rollers.whereis(first.group)]).toEqual([undefined, undefined]);
  });
});

function hashOf(agent: { progress: () => { hashes: { hash4_ipsets?: string } } }): string | undefined {
  return agent.progress().hashes.hash4_ipsets;
}
