import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { channelActor } from '../../../src/actors/alerts/alert-messages.js';
import { cast } from '../../../src/otp/index.js';
import { alertOf } from '../../support/test-mailer.js';
import { webhookReceiver } from '../../support/webhook-receiver.js';
import { startWholeServer, until } from '../../support/whole-server.js';

const SECRET = `webhook.secret=whsec_${Buffer.alloc(32, 1).toString('base64')}`;

it('alarms and alerts reach the receiver, what failed again, what it refuses becomes a dead letter', async () => {
  const receiver = await webhookReceiver();
  const w = await startWholeServer({
    set: [
      `webhook.url=http://127.0.0.1:${receiver.port}/`,
      SECRET,
      'alerts.retry_min_seconds=0.05',
      'alerts.retry_max_seconds=0.1',
    ],
  });
  receiver.answers.push(500, 204, 422);
  // One that no part of this server clears meanwhile, which would be told too.
  w.server.state.alarms.show('log.file:elsewhere.log', 'the disk is full');
  await receiver.arrived(2);
  const types = () => receiver.posts.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types()).toEqual(['alert.alarm_set', 'alert.alarm_set']);
  cast(w.server.state.system, channelActor('webhook'), { tag: 'alert', alert: alertOf('hash_fail') });
  await receiver.arrived(3);
  expect(types()[2]).toBe('alert.hash_fail');
  const actor = () => JSON.stringify(w.tree());
  await until(() => actor().includes('"sent":1,"dead":1'), 'a dead letter');
  expect(actor()).not.toMatch(/whsec_/);
  await w.stop();
  expect(readFileSync(join(w.data, 'dead-posts.ndjson'), 'utf8')).toContain('"reason":"the receiver answered 422');
});

it('where it is not configured there is no actor for it', async () => {
  const w = await startWholeServer();
  expect(w.server.state.system.whereis(channelActor('webhook'))).toBeUndefined();
});
