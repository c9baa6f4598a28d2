import { expect, it } from 'vitest';
import { channelActor } from '../../src/actors/alerts/alert-messages.js';
import { loadConfig } from '../../src/config/load.js';
import { createBroker } from '../../src/server/opening/create-broker.js';
import { cast } from '../../src/otp/index.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { alertOf } from '../support/test-mailer.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

async function reasons(w: WholeServer): Promise<readonly unknown[]> {
  const { status, json } = await w.api('GET', '/readyz');
  expect(status).toBe(200);
  return json.reasons as readonly unknown[];
}

it('names a mail relay that is away, and how many mails wait for it', async () => {
  const [port] = await freePorts(1);
  const w = await startWholeServer({
    set: ['smtp_relay=127.0.0.1', `smtp_port=${port}`, 'smtp_tls=none', 'smtp_from=a@b.example', 'smtp_to=c@d.example'],
  });
  expect(await reasons(w)).toEqual([]);
  cast(w.server.state.system, channelActor('mailer'), { tag: 'alert', alert: alertOf('retirement') });
  const [reason] = await until(async () => {
    const found = await reasons(w);
    return found.length > 0 ? found : undefined;
  }, 'a reason');
  expect(reason).toMatch(/^mail: the relay is away, 1 mails wait: .*ECONNREFUSED/);
});

it('names sets that cannot be built', async () => {
  const w = await startWholeServer();
  const addresses = Array.from(
    { length: 65_537 },
    (_, n) => `10.${(n * 2) >> 16}.${((n * 2) >> 8) & 255}.${(n * 2) & 255}/32`,
  );
  const doc = { name: 'huge', ipv4_addresses: addresses, ipv6_addresses: [] };
  await w.server.state.store.commit([{ op: 'create', table: 'zone', doc }], { author: 'system' });
  // The keeper's alarm says the same a moment later.
  const found = await until(async () => {
    const all = (await reasons(w)).filter((reason) => !String(reason).startsWith('alarm '));
    return all.length > 0 ? all : undefined;
  }, 'a reason');
  expect(found).toEqual(['sets: 1 cannot be built as wanted (the actor ipset_publisher says why)']);
});

it('says why there is no broker: on both connections, with the key to look at', async () => {
  const [port] = await freePorts(1);
  const { config } = loadConfig({ set: [`broker.url=amqp://127.0.0.1:${port}/dog`, 'broker.kind=amqp'] });
  const w = await startWholeServer({ broker: createBroker(config) });
  const found = await until(async () => {
    const { status, json } = await w.api('GET', '/readyz');
    const all = json.reasons as readonly string[];
    return status === 503 && all.every((reason) => reason.includes('ECONNREFUSED')) ? all : undefined;
  }, 'the reason');
  expect(found).toEqual([
    expect.stringMatching(/^broker: not connected to 127\.0\.0\.1:\d+\/dog: .*ECONNREFUSED/),
    expect.stringMatching(/^broker: no reports come in: not connected: .*ECONNREFUSED/),
  ]);
});
