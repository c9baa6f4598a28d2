import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COUNTERS, GAUGES, OWN_HISTOGRAMS, type Definition } from '../../src/metrics/definitions.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const MONITORING = 'packaging/monitoring';
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}
function rules(): readonly Rule[] {
  const text = readFileSync(`${MONITORING}/dog_trainer.rules.yml`, 'utf8');
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules: some }) => some);
}
function expressions(): readonly string[] {
  const text = readFileSync(`${MONITORING}/grafana-dashboard.json`, 'utf8');
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}
const KNOWN = new Map<string, Definition>(Object.entries({ ...COUNTERS, ...GAUGES }));

/** Metrics that an expression names. */
function named(expression: string): readonly string[] {
  const bare = expression.replace(/by \([^)]*\)/g, '').replace(/"[^"]*"/g, '');
  return [...bare.matchAll(/\b[a-z]\w*(?=[{[)\s]|$)/g)]
    .map(([name]) => name)
    .filter((name) => name.includes('_') && !/^(min_over_time|histogram_quantile|map_key)$/.test(name));
}

describe('alert rules and dashboard', () => {
  it('name metrics that there are, and keys that these have', () => {
    const all = [...rules().map(({ expr }) => expr), ...expressions()];
    const histograms = Object.keys(OWN_HISTOGRAMS).map((name) => `${name}_bucket`);
    const unknown = all.flatMap(named).filter((name) => !KNOWN.has(name) && !histograms.includes(name));
    expect(unknown).toEqual([]);
    expect(new Set(all.flatMap(named)).size).toBeGreaterThan(15);
    for (const expression of all) {
      for (const [, name = '', key = ''] of expression.matchAll(/(\w+)\{[^}]*map_key="(\w+)"/g))
        expect(KNOWN.get(name)?.keys).toContain(key);
    }
  });

  it('page or make a ticket', () => {
    expect(new Set(rules().map(({ labels }) => labels.severity))).toEqual(new Set(['page', 'ticket']));
  });

  it('are found sound by promtool', ({ skip }) => {
    const run = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' });
    if (run('--version').error !== undefined) skip('promtool is not installed (Debian: prometheus)');
    const checked = run('check', 'config', `${MONITORING}/prometheus.yml`);
    expect([checked.status, checked.stderr]).toEqual([0, '']);
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'rules'));
    expressions().forEach((expression, index) => {
      const filled = expression.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
      const text = JSON.stringify({ groups: [{ name: 'a', rules: [{ record: 'r', expr: filled }] }] });
      writeFileSync(join(directory, 'rules', `${index}.yml`), text);
    });
    const files = expressions().map((_, index) => join(directory, 'rules', `${index}.yml`));
    const { status, stderr } = run('check', 'rules', ...files);
    expect([status, stderr]).toEqual([0, '']);
  });
});
