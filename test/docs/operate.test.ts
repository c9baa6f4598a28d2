import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALERT_KINDS } from '../../src/alerts/alert.js';

/** Third-level headings under a second-level one. */
function sections(heading: string): readonly string[] {
  const page = readFileSync('docs/operate.md', 'utf8');
  const part = new RegExp(`^## ${heading}$([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page)?.[1] ?? '';
  return [...part.matchAll(/^### (\S+)$/gm)].map(([, name = '']) => name).sort();
}

/** What stands before the colon in the ids of alarms, where sources set them or name their prefix. */
function alarmIds(): readonly string[] {
  const found = new Set<string>();
  for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join('src', name), 'utf8');
    if (!/alarm/i.test(text)) continue;
    const places =
      /(?:alarms\.(?:set|show)\(|showAlarms\(\s*alarms,|\b(?:PREFIX|TABLE|[A-Z_]*ALARM[A-Z_]*) =)\s*['`]([a-z0-9_]+\.[a-z_]+)/g;
    for (const [, id = ''] of text.matchAll(places)) found.add(id);
  }
  return [...found].sort();
}

it('every alarm has its section, and no section is about none', () => {
  expect(alarmIds().length).toBeGreaterThan(10);
  expect(sections('Alarms')).toEqual(alarmIds());
});

it('every kind of alert has its section', () => {
  expect(sections('Alerts')).toEqual([...ALERT_KINDS].sort());
});
