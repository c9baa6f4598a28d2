import { expect, it } from 'vitest';
import type { ConfigurationAnswer } from '../../src/config/shown-settings.js';
import { startWholeServer } from '../support/whole-server.js';

it('GET /api/V2/configuration has what the server runs with, and where each value came from', async () => {
  const s = await startWholeServer({ set: ['smtp_username=dog', 'smtp_password=hunter2'] });
  const { status, json, text } = await s.api('GET', '/api/V2/configuration');
  expect(status).toBe(200);
  const { settings } = json as unknown as ConfigurationAnswer;
  const of = new Map(settings.map((one) => [one.key, one]));
  expect(of.get('smtp_password')).toMatchObject({ value: '(secret)', origin: 'flag' });
  expect(of.get('api.port')).toMatchObject({ value: 0, origin: 'flag', where: '--set api.port' });
  expect(of.get('data_dir')).toMatchObject({ value: s.data, origin: 'flag', where: '--data' });
  expect(of.get('store.path')).toMatchObject({ origin: 'derived', where: null });
  expect(text).not.toContain('hunter2');
  expect((await s.api('PUT', '/api/V2/configuration', {})).status).toBe(405);
});
