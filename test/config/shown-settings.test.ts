import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { KEYS } from '../../src/config/schema.js';
import { type ShownSetting, shownSettings } from '../../src/config/shown-settings.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function byKey(settings: readonly ShownSetting[]): ReadonlyMap<string, ShownSetting> {
  return new Map(settings.map((one) => [one.key, one]));
}

it('has every key that means something, with where its value came from', () => {
  const file = join(temporaryDirectory(), 'dog.yaml');
  writeFileSync(file, 'api:\n  port: 7171\nenv: q1\nmetrics.port: 9\n');
  const settings = shownSettings(
    loadConfig({
      file,
      environment: { DOG_ENV: 'q2', STATE_DIRECTORY: '/srv/dog', LOGS_DIRECTORY: '/srv/log' },
      set: ['metrics.port=10'],
    }),
  );
  expect(settings.map(({ key }) => key)).toEqual([...KEYS].flatMap(([key, spec]) => (spec.ignored ? [] : [key])));
  const of = byKey(settings);
  expect(of.get('api.port')).toEqual({ key: 'api.port', value: 7171, origin: 'file', where: `${file}:2` });
  expect(of.get('env')).toEqual({
    key: 'env',
    value: 'q2',
    origin: 'environment',
    where: 'environment variable DOG_ENV',
  });
  expect(of.get('metrics.port')).toMatchObject({ value: 10, origin: 'flag', where: '--set metrics.port' });
  expect(of.get('api.host')).toMatchObject({ value: '127.0.0.1', origin: 'default', where: null });
  expect(of.get('data_dir')).toMatchObject({ value: '/srv/dog', origin: 'derived', where: null });
  expect(of.get('log.dir')).toMatchObject({ value: '/srv/log', origin: 'derived', where: null });
  expect(of.get('ruleset_dialect')).toMatchObject({ value: null, origin: 'default' });
});

it('has no secrets: of no secret key, and in no URL', () => {
  const secret = 'hunter2hunter2hunter2hunter2hunter2';
  const signing = `whsec_${Buffer.from(secret).toString('base64')}`;
  const file = join(temporaryDirectory(), 'dog.yaml');
  writeFileSync(
    file,
    [
      ...[...KEYS].flatMap(([key, spec]) => {
        if (spec.secret !== true || spec.ignored !== undefined) return [];
        const value = key === 'webhook.url' ? `https://example.com/${secret}` : signing;
        return [`${key}: ${key.startsWith('webhook.') ? value : secret}`];
      }),
      `broker.urls: ["amqp://dog:${secret}@a", "amqp://dog:${secret}@b"]`,
      'ec2.access_key_id: key',
      `broker.management.url: http://dog:${secret}@a:15672`,
    ].join('\n'),
  );
  const settings = shownSettings(loadConfig({ file }));
  expect(JSON.stringify(settings)).not.toContain('hunter2');
  expect(JSON.stringify(settings)).not.toContain('whsec_');
  const of = byKey(settings);
  expect(of.get('webhook.url')).toMatchObject({ value: '(secret)', origin: 'file' });
  expect(of.get('broker.urls')?.value).toEqual(['amqp://dog:***@a', 'amqp://dog:***@b']);
  expect(of.get('broker.management.url')?.value).toBe('http://dog:***@a:15672');
});

it('says that it is not known where values came from', () => {
  const { config } = loadConfig();
  expect(new Set(shownSettings({ config, origins: new Map() }).map(({ origin }) => origin))).toEqual(new Set([null]));
});
