import { describe, expect, it } from 'vitest';
import { CONSOLE_VERBS } from '../../src/http/admin/console-verbs.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const NEEDS: Readonly<Record<string, string>> = { host: 'nobody', compile: 'web', state: 'dog_trainer/store_sup' };

describe('the console', () => {
  it('answers every verb from inside the server, and nothing else', { timeout: 60_000 }, async () => {
    const server = await startWholeServer();
    await server.group('web');
    const ask = (line: string) => runCliInProcess(['console', '--data', server.data, '--json', '-e', line]);
    for (const verb of Object.keys(CONSOLE_VERBS).filter((name) => name !== 'host')) {
      const { code, err } = await ask(`${verb} ${NEEDS[verb] ?? ''}`);
      expect([verb, code, err]).toEqual([verb, 0, '']);
    }
    expect(JSON.parse((await ask('compile web')).out)).toMatchObject({ name: 'web', state: 'published' });
    expect(JSON.parse((await ask('state dog_trainer/store_sup')).out)).toMatchObject({ id: 'store_sup' });
    for (const [line, says] of [
      ['process.exit(1)', 'there is no \\"process.exit(1)\\"'],
      ['constructor', 'help lists'],
      ['host', 'usage: host NAME'],
      ['host nobody', 'there is no host nobody'],
      ['status now', 'nothing follows status'],
      ['x'.repeat(2000), 'at most 1000 characters'],
    ] as const) {
      const { code, err } = await ask(line);
      expect([code, err]).toEqual([2, expect.stringContaining(says.replaceAll('\\"', '"'))]);
    }
  });

  it('says when no server listens', async () => {
    const { code, err } = await runCliInProcess(['console', '--data', temporaryDirectory(), '-e', 'status']);
    expect([code, err]).toEqual([1, expect.stringContaining('no server listens on')]);
  });
});
