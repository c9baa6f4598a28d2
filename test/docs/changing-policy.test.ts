import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const PAGE = 'docs/changing-policy.md';
/** The thread of coverage is there where tests import what is built. */
const built = process.env['TEST_BUILT'] === '1';

/** A file that the page shows, or a command and what it prints. */
const PART =
  /`([a-z]+\.(?:json|yaml))`(?:[^`]|`[^`])*?\n\n```(?:json|yaml)\n([\s\S]*?)```|```console\n\$ (.*)\n([\s\S]*?)```/g;

it('docs/changing-policy.md prints what a server prints', { timeout: 120_000 }, async () => {
  const s = await startWholeServer();
  const make = (resource: string, doc: JsonObject) => s.create(resource, doc);
  await make('zone', { id: 'office', name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] });
  for (const [name, port] of [
    ['ssh', '22'],
    ['https', '443'],
  ] as const)
    await make('service', { id: name, name, version: 1, services: [{ protocol: 'tcp', ports: [port] }] });
  await make('profile', { id: 'web-profile', name: 'web', version: '1' });
  const operators = { ...RULE, comment: 'operators', group_type: 'ZONE', group: 'office', service: 'ssh' };
  await make('ruleset', {
    id: 'web-rules',
    name: 'web',
    profile_id: 'web-profile',
    rules: { inbound: [operators], outbound: [] },
  });
  await make('group', {
    id: 'web-group',
    name: 'web',
    description: '',
    profile_id: 'web-profile',
    profile_name: 'web',
    profile_version: 'latest',
  });
  for (const n of [1, 2])
    await make('host', {
      id: `web${n}`,
      name: `web${n}`,
      hostkey: `hostkey-web${n}`,
      group: 'web',
      environment: '*',
      location: '*',
      active: 'active',
      interfaces: `{"eth0":["10.1.0.${n}"]}`,
    });
  const directory = temporaryDirectory();
  const environment = { DOGTRAINER_URL: s.server.listening.api };
  let plan = '';
  const run = async (command: string): Promise<string> => {
    const args = command.split(' ').map((word) => (word === 'ID' ? plan : word));
    if (args[0] !== 'dog-trainer') throw new Error(`the page runs ${command}`);
    const there = args.slice(1).map((word) => (/\.(json|yaml)$/.test(word) ? join(directory, word) : word));
    const { out, err } = await runCliInProcess(there, environment);
    plan = /^plan ([0-9a-f]{64})$/m.exec(out)?.[1] ?? plan;
    return `${out}${err}`
      .replaceAll(`${directory}/`, '')
      .replace(/^plan [0-9a-f]{64}$/m, 'plan ID')
      .replace(/\/api\/V2\/plan\/[0-9a-f]{64}/g, '/api/V2/plan/ID')
      .replaceAll(s.server.listening.api, 'http://127.0.0.1:7070');
  };
  const page = readFileSync(PAGE, 'utf8');
  let shown = page;
  let from = 0;
  for (const [whole, file, content, command] of page.matchAll(PART)) {
    if (file !== undefined) {
      writeFileSync(join(directory, file), content ?? '');
      continue;
    }
    if (command === undefined || (command.includes('coverage') && !built)) continue;
    const printed = await run(command);
    // The same command may stand there twice, so each is looked for behind the one before it.
    const at = shown.indexOf(whole, from);
    const block = `\`\`\`console\n$ ${command}\n${printed}\`\`\``;
    shown = shown.slice(0, at) + block + shown.slice(at + whole.length);
    from = at + block.length;
  }
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, shown);
  expect(readFileSync(PAGE, 'utf8')).toBe(shown);
});
