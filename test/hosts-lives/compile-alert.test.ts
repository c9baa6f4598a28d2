import { expect, it } from 'vitest';
import { startVirtualServer } from '../support/virtual-server.js';

const RULE = { action: 'ACCEPT', active: true, type: 'BASIC', group_type: 'ANY', group: 'any', states: [], log: false };

it('a group that can no longer be compiled is mailed once, by name and rule; a mute one is not', async () => {
  const w = await startVirtualServer();
  const ssh = await w.create('service', { name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
  const rules = [{ ...RULE, service: ssh, log_prefix: '', interface: '', comment: 'ssh' }];
  await w.group('web', rules);
  const mute = await w.group('mute', rules);
  await w.edit('group', mute.group, { alert_enable: false });
  expect((await w.flow(w.api('DELETE', `/api/V2/service/${ssh}`))).status).toBe(204);
  await w.awaits(() => w.server.state.outputs.failures.size === 2, 'both groups are in error');
  await w.awaits(() => w.subjects().length > 0, 'a mail');
  await w.pass(60_000);
  expect(w.subjects()).toEqual(['Dog Cannot Compile: "web"']);
  await w.stop();
}, 60_000);
