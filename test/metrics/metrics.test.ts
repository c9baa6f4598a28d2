import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import fc from 'fast-check';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import type { Metrics } from '../../src/metrics/create-metrics.js';
import { cleanKey, imetricsText } from '../../src/metrics/imetrics-text.js';
import { startMetricsServer } from '../../src/metrics/metrics-server.js';
import type { MetricsServerOptions } from '../../src/metrics/metrics-server.js';

async function serve(metrics: Metrics, more: Partial<MetricsServerOptions> = {}): Promise<string> {
  const server = await startMetricsServer({
    metrics,
    host: '127.0.0.1',
    port: 0,
    readiness: () => ({ ready: true }),
    ...more,
  });
  onTestFinished(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}

/** Checks Prometheus text 0.0.4 line by line and gives the samples. */
function parsePrometheus(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.trimEnd().split('\n')) {
    if (
      /^# HELP [a-zA-Z_:][\w:]* [^\n]*$/.test(line) ||
      /^# TYPE [a-zA-Z_:][\w:]* (counter|gauge|histogram|summary)$/.test(line)
    )
      continue;
    if (line === '') continue;
    const match = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/.exec(line);
    expect(match, line).not.toBeNull();
    samples.set(match?.[1] ?? '', Number(match?.[2]));
  }
  return samples;
}

describe('imetrics text', () => {
  it('has every fixed key at 0 from the start, sorted, and no line for what has no key yet', async () => {
    expect(await imetricsText(createMetrics(), 'counters')).toBe(
      [
        'alert hash_fail:0 hash_recover:0 keepalive_fail:0 keepalive_recover:0 retirement:0',
        'external_ipset_update 0',
        'external_queue_add 0',
        'file_transfer delete_file:0 execute_command:0 fetch_file:0 send_file:0',
        'generate_iptables_ruleset error:0 ok:0',
        'ips_update exception:0 force:0 keepalive:0 update:0',
        'ipset_outbound_publish 0',
        'ipset_publish 0',
        'iptables_publish 0',
        'watcher group_update:0 host_active_update:0 host_config_update:0 link_update:0 profile_update:0 ruleset_update:0 service_update:0 zone_update:0',
        '',
      ].join('\n'),
    );
    expect(await imetricsText(createMetrics(), 'gauges')).toBe(
      [
        'hash_failures hash4_ipsets:0 hash4_iptables:0 hash6_ipsets:0 hash6_iptables:0 ipset_hash:0',
        'host_active_state active:0 inactive:0 new:0 retired:0',
        'host_keepalive failure:0 inactive:0 recovery:0 retirement:0',
        'interval_since_last_agent_update 0',
        'no_agent_updates_received 0',
        'publish_queue_length 0',
        '',
      ].join('\n'),
    );
  });

  it('prints the target format', async () => {
    const metrics = createMetrics();
    metrics.count('ips_update', 'force');
    metrics.count('ips_update', 'keepalive');
    metrics.count('ips_update', 'keepalive');
    metrics.count('ipset_publish');
    metrics.count('ipset_queue_add', 'zone->office');
    metrics.count('ipset_queue_add', 'host_group->web', 2);
    metrics.gauge('host_active_state', 'active', 41);
    metrics.gauge('interval_since_last_agent_update', 1);
    metrics.gauge('publish_queue_length', 0.5);
    const lines = (await imetricsText(metrics, 'get')).split('\n');
    expect(lines).toContain('ips_update exception:0 force:1 keepalive:2 update:0');
    expect(lines).toContain('ipset_publish 1');
    expect(lines).toContain('ipset_queue_add host_group->web:2 zone->office:1');
    expect(lines).toContain('host_active_state active:41 inactive:0 new:0 retired:0');
    expect(lines).toContain('interval_since_last_agent_update 1');
    expect(lines).toContain('publish_queue_length 0.5');
    expect(await imetricsText(metrics, 'hist')).toBe('');
  });

  it('knows inactive as failure too, its older name', async () => {
    const metrics = createMetrics();
    metrics.gauge('host_keepalive', 'inactive', 2);
    metrics.gauge('host_keepalive', 'recovery', 1);
    expect(await imetricsText(metrics, 'gauges')).toContain(
      'host_keepalive failure:2 inactive:2 recovery:1 retirement:0\n',
    );
  });

  it.each([
    [1, '1'],
    [-3, '-3'],
    [1.5, '1.5'],
    [0.1 + 0.2, '0.3'],
    [1.0000001, '1.0'],
    [2 ** 60, '1152921504606846976'],
    [NaN, 'NaN'],
  ])('prints %d as %s', async (value, text) => {
    const metrics = createMetrics();
    metrics.gauge('publish_queue_length', value);
    expect(await imetricsText(metrics, 'gauges')).toContain(`publish_queue_length ${text}\n`);
  });

  it('stays one line a name, one pair a key, whatever the keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 8 }),
        async (keys) => {
          const metrics = createMetrics();
          for (const key of keys) metrics.count('iptables_publish_group', key);
          const line = /^iptables_publish_group (.*)$/m.exec(await imetricsText(metrics, 'counters'))?.[1] ?? '';
          const pairs = line.split(' ').map((pair) => /^([^\s:]+):(\d+)$/u.exec(pair));
          expect(pairs).not.toContain(null);
          expect(new Set(pairs.map((pair) => pair?.[1])).size).toBe(pairs.length);
          expect(pairs.reduce((sum, pair) => sum + Number(pair?.[2]), 0)).toBe(keys.length);
          parsePrometheus(await metrics.registry.metrics());
        },
      ),
      { numRuns: 60 },
    );
    expect(cleanKey('my group: x\n')).toBe('my_group__x_');
  });
});

describe('the recorder', () => {
  it('bounds the keys of a metric, and still counts what comes after', async () => {
    const metrics = createMetrics({ maxKeys: 3 });
    for (let i = 0; i < 10; i++) metrics.count('iptables_publish_group', `g${i}`);
    metrics.count('iptables_publish_group', 'g1');
    expect(await imetricsText(metrics, 'counters')).toContain('iptables_publish_group g0:1 g1:2 g2:1 other:7\n');
  });

  it('forgets a gauge whose owner is gone', async () => {
    const metrics = createMetrics({ maxKeys: 1 });
    metrics.gauge('dog_trainer_mailbox_length', 'a', 5);
    metrics.forget('dog_trainer_mailbox_length', 'a');
    metrics.gauge('dog_trainer_mailbox_length', 'b', 6);
    const samples = parsePrometheus(await metrics.registry.metrics());
    expect([...samples.keys()].filter((name) => name.startsWith('dog_trainer_mailbox_length'))).toEqual([
      'dog_trainer_mailbox_length{map_key="b"}',
    ]);
  });

  it('drops figures that make no sense instead of throwing', () => {
    const metrics = createMetrics();
    metrics.count('ips_update', 'force', -1);
    metrics.count('ips_update', 'force', NaN);
    metrics.observe('dog_trainer_compile_seconds', NaN);
    metrics.gauge('publish_queue_length', undefined as unknown as number);
  });
});

describe('the server on 8085', () => {
  it('answers both forms of the imetrics paths as plain text', async () => {
    const metrics = createMetrics();
    metrics.count('ips_update', 'keepalive', 6);
    const url = await serve(metrics);
    for (const path of ['varz:counters', 'varz/counters', 'varz:get', 'varz/get', 'varz/counters?x=1']) {
      const response = await fetch(`${url}/imetrics/${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain']);
      expect(await response.text()).toContain('\nips_update exception:0 force:0 keepalive:6 update:0\n');
    }
    expect(await (await fetch(`${url}/imetrics/varz/gauges`)).text()).toContain('publish_queue_length 0\n');
    const hist = await fetch(`${url}/imetrics/varz:hist`);
    expect([hist.status, hist.headers.get('content-length'), await hist.text()]).toEqual([200, '0', '']);
    expect((await fetch(`${url}/imetrics/varz/counters`, { method: 'POST' })).status).toBe(200);
  });

  it('answers /metrics with the old names, without _total, and our own under a prefix', async () => {
    const metrics = createMetrics({ process: true });
    metrics.count('iptables_publish_group', 'we"b\\\n');
    metrics.observe('dog_trainer_publish_to_converge_seconds', 3);
    metrics.onScrape(() => metrics.gauge('dog_trainer_journal_entries', 7));
    const response = await fetch(`${await serve(metrics)}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = parsePrometheus(await response.text());
    expect(samples.get('ips_update{map_key="force"}')).toBe(0);
    expect(samples.get('iptables_publish_group{map_key="we\\"b\\\\\\n"}')).toBe(1);
    expect(samples.get('dog_trainer_publish_to_converge_seconds_bucket{le="5"}')).toBe(1);
    expect(samples.get('dog_trainer_journal_entries')).toBe(7);
    expect([...samples.keys()].some((name) => name.startsWith('dog_trainer_nodejs_eventloop_lag'))).toBe(true);
    expect([...samples.keys()].filter((name) => /^(?!dog_trainer_).*_total/.test(name))).toEqual([]);
  });

  it('goes on when one collector fails, and counts it', async () => {
    const metrics = createMetrics();
    metrics.onScrape(() => {
      throw new Error('no');
    });
    const url = await serve(metrics);
    expect(parsePrometheus(await (await fetch(`${url}/metrics`)).text()).get('dog_trainer_scrape_failures_total')).toBe(
      1,
    );
  });

  it('tells whether it lives and whether it is ready', async () => {
    let state: { ready: boolean; reasons: string[] } = { ready: false, reasons: ['broker: connecting'] };
    const url = await serve(createMetrics(), { readiness: () => state });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const unready = await fetch(`${url}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([503, state]);
    state = { ready: true, reasons: [] };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('answers 404 elsewhere, and 500 when it fails itself', async () => {
    const errors: unknown[] = [];
    const url = await serve(createMetrics(), {
      readiness: () => {
        throw new Error('odd');
      },
      onError: (error) => errors.push(error),
    });
    for (const path of ['/', '/imetrics', '/imetrics/varz:nonsense', '/imetrics/varz/constructor', '/metrics/x']) {
      const response = await fetch(url + path);
      expect([path, response.status, await response.text()]).toEqual([path, 404, '']);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  it('rejects when its port is taken, and is gone after close', async () => {
    const first = await startMetricsServer({
      metrics: createMetrics(),
      host: '127.0.0.1',
      port: 0,
      readiness: () => ({ ready: true }),
    });
    const again = { metrics: createMetrics(), host: '127.0.0.1', port: first.port, readiness: () => ({ ready: true }) };
    await expect(startMetricsServer(again)).rejects.toThrow('EADDRINUSE');
    const held = request({ port: first.port, host: '127.0.0.1' }).on('error', () => undefined);
    held.flushHeaders();
    await first.close();
    await expect(fetch(`http://127.0.0.1:${first.port}/livez`)).rejects.toThrow();
  });
});
