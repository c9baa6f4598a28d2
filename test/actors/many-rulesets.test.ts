import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { RULE } from '../support/api-client.js';
import { listenToAll, startWholeServer, until } from '../support/whole-server.js';

const GROUPS = 120;
const RULES = 2_000;
/** What the publisher has in the outbox at most, each message counted in full (`MOST_UNDER_WAY`). */
const BOUND = 64 << 20;

function rules(comment: string) {
  return Array.from({ length: RULES }, (_, n) => ({ ...RULE, comment: `${comment} ${n}`, states: ['NEW'] }));
}

it(
  'rulesets of more groups than the outbox has room for go out bit by bit, none dropped, and the newest wins',
  { timeout: 60_000 },
  async () => {
    const broker = createMemoryBroker();
    const w = await startWholeServer({ broker });
    const { state } = w.server;
    const wire = await listenToAll(broker);
    const { profile, ruleset } = await w.profile('p', rules('first'));
    broker.block('the test says so');
    const ids: string[] = [];
    for (let n = 0; n < GROUPS; n += 1)
      ids.push(
        await w.create('group', {
          name: `g${n}`,
          description: '',
          profile_id: profile,
          profile_name: 'p',
          profile_version: 'latest',
        }),
      );
    const outbox = () => state.outbox.snapshot();
    await until(() => ids.every((id) => state.outputs.get(id) !== undefined), 'compiled');
    const size = await until(() => (outbox().waiting > 1 ? outbox().bytes : undefined), 'something waits');
    // One more for the last that crosses the bound, and the sets.
    const most = Math.ceil(BOUND / size) + 2;
    expect(most).toBeLessThan(GROUPS);
    await until(() => outbox().waiting + outbox().inFlight >= most - 2, 'the outbox has what it is given');
    // While the broker takes nothing, an edit replaces what waits; the others wait as names.
    await w.edit('ruleset', ruleset, { rules: { inbound: rules('second'), outbound: [] } });
    await until(() => ids.every((id) => state.outputs.get(id)?.ruleset.texts.set4.text.includes('second')), 'compiled');
    await until(() => outbox().superseded > 0, 'replaced');
    expect(outbox().waiting + outbox().inFlight).toBeLessThanOrEqual(most);
    expect(outbox()).toMatchObject({ dropped: 0 });

    broker.unblock();
    for (const id of ids) await w.reaches(id, 'published');
    await until(() => new Set(wire.keys()).size > GROUPS, 'all are heard');
    const last = new Map(wire.heard.filter(({ key }) => key !== 'sets').map(({ key, body }) => [key, body]));
    expect(last.size).toBe(GROUPS);
    for (const body of last.values()) expect(decodeRulesPayload(body).ruleset4_ipset).toContain('second 1');
    expect(wire.heard.length).toBeLessThan(GROUPS * 2);
    expect(outbox()).toMatchObject({ dropped: 0, waiting: 0, bytes: 0 });
  },
);
