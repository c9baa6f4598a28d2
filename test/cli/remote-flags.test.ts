import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { printTable } from '../../src/cli/remote/table.js';
import { startApiServer } from '../support/api-server.js';
import { FLEET_IS_WELL } from '../support/fleet-is-well.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { createToken } from '../../src/http/access/tokens.js';

function without(shell: string): boolean {
  return spawnSync(shell, ['--version']).status !== 0;
}

/** For the title: why it is skipped, if it is. */
function reason(shell: string): string {
  return without(shell) ? ` (skipped: there is no ${shell} here)` : '';
}

describe('which server, and who asks', () => {
  it('is told by flags or the environment, the token by a file too', { timeout: 60_000 }, async () => {
    const server = await startApiServer({ auth: 'tokens' });
    onTestFinished(() => server.close());
    const wanted = { name: 'ops', scopes: ['read'] };
    const { text } = await createToken(server.store, wanted, { author: 'test', now: Math.floor(Date.now() / 1000) });
    const file = join(temporaryDirectory(), 'token');
    writeFileSync(file, `${text}\n`);
    const { url } = server;
    for (const [args, environment] of [
      [['--url', url, '--token', text], {}],
      [['--url', `${url}/`, '--token-file', file], {}],
      [[], { DOGTRAINER_URL: url, DOGTRAINER_TOKEN: text }],
      [['--json'], { DOGTRAINER_URL: url, DOGTRAINER_TOKEN_FILE: file }],
    ] as const)
      expect(await runCliInProcess(['status', ...args], environment)).toMatchObject({ code: 0, err: '' });
    const none = join(temporaryDirectory(), 'none.json');
    writeFileSync(none, '[]');
    const known = await runCliInProcess(['plan', none], { DOGTRAINER_URL: url, DOGTRAINER_TOKEN_FILE: file });
    expect([known.code, known.err]).toEqual([1, expect.stringContaining('writes must be a list')]);
    for (const args of [['tree'], ['plan', none], ['apply', 'f'.repeat(64)]]) {
      const unknown = await runCliInProcess([...args, '--url', url]);
      expect([args, unknown.code, unknown.err]).toEqual([args, 1, expect.stringContaining('--token-file')]);
    }
    const refused = await runCliInProcess(['status', '--url', url]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('answered 401')]);
    expect(refused.err).toContain('--token-file');
    for (const args of [
      ['--url', 'ftp://x'],
      ['--url', url, '--token', 'two words'],
      ['--url', url, '--token', text, '--token-file', file],
      ['--url', url, '--token-file', '/no/such/file'],
    ]) {
      const wrong = await runCliInProcess(['status', ...args]);
      expect([args, wrong.code]).toEqual([args, 64]);
      expect(wrong.err).not.toContain(text);
    }
  });

  it('ends with 3 where something is not well, with 1 where nobody is there or talks of something else', async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    server.runtime.fleet.status = () => ({ ...FLEET_IS_WELL, well: false, summary: '1 host silent' });
    expect(await runCliInProcess(['status', '--url', server.url])).toEqual({
      code: 3,
      out: '1 host silent\n',
      err: '',
    });
    server.runtime.fleet.status = () => ({ ...FLEET_IS_WELL, hosts: 7 }) as never;
    const odd = await runCliInProcess(['status', '--url', server.url]);
    expect([odd.code, odd.err]).toEqual([1, expect.stringContaining('hosts.by_state is no object')]);
    expect((await runCliInProcess(['status', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
    expect(await runCliInProcess(['host', 'nobody', '--url', server.url])).toMatchObject({ code: 1, out: '' });
    expect((await runCliInProcess(['hosts', '--state', 'asleep', '--url', server.url])).code).toBe(64);
  });

  it('say that there is no such group, and which are like it, rather than that it has no hosts', async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const made = [
      { op: 'create', table: 'group', doc: { id: 'g1', name: 'web' } },
      { op: 'create', table: 'group', doc: { id: 'g2', name: 'cache' } },
      { op: 'create', table: 'host', doc: { id: 'h1', name: 'one', hostkey: 'k1', group: 'web', active: 'active' } },
      { op: 'create', table: 'host', doc: { id: 'h2', name: 'two', hostkey: 'k2', group: 'lost', active: 'active' } },
    ] as const;
    await server.store.commit(made, { author: 'test' });
    const cli = (...args: string[]) => runCliInProcess([...args, '--url', server.url]);
    for (const command of ['hosts', 'drift'])
      expect(await cli(command, '-g', 'wbe')).toMatchObject({
        code: 1,
        out: '',
        err: 'dog-trainer: there is no group "wbe"; there is web\n',
      });
    for (const [group, host] of [
      ['web', 'one'],
      ['g1', 'one'],
      // A group that only its host knows of.
      ['lost', 'two'],
    ])
      expect((await cli('hosts', '-g', group ?? '')).out).toMatch(new RegExp(`^${host}\t`));
    expect(await cli('hosts', '-g', 'cache')).toMatchObject({ code: 0, out: '', err: '' });
  });

  it('switches publishing, and looks all groups up before the first is published', async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    await server.store.commit([{ op: 'create', table: 'group', doc: { id: 'g1', name: 'web' } }], { author: 'test' });
    const cli = (...args: string[]) => runCliInProcess([...args, '--url', server.url]);
    expect((await cli('pause')).code).toBe(0);
    expect(server.runtime.state.paused).toBe(true);
    expect((await cli('resume')).code).toBe(0);
    expect(server.runtime.state.paused).toBe(false);
    expect(await cli('publish', 'web', 'nowhere')).toMatchObject({ code: 1 });
    expect(server.runtime.published).toEqual([]);
    expect((await cli('publish', 'web')).code).toBe(0);
    expect(server.runtime.published).toEqual(['web']);
    expect((await cli('publish')).code).toBe(64);
  });
});

describe('tables', () => {
  const rows = [
    ['a\u001b[2J', 7, { text: 'bad', colour: 'red' }],
    ['long name', 12, null],
  ] as const;
  const printed = (environment: Record<string, string>, terminal?: { columns: number; rows: number }): string => {
    let out = '';
    const io = { out: (text: string) => (out += text), err: () => undefined, environment, installedConfig: '' };
    printTable(terminal === undefined ? io : { ...io, terminal }, ['name', 'n', 'state'], rows);
    return out;
  };

  it('are plain lines in a pipe, aligned on a terminal, in colour unless NO_COLOR', () => {
    expect(printed({})).toBe('a\\u{1B}[2J\t7\tbad\nlong name\t12\t-\n');
    const plain = printed({ NO_COLOR: '1' }, { columns: 80, rows: 24 });
    expect(plain).toBe('name        n   state\na\\u{1B}[2J   7  bad\nlong name   12  -\n');
    expect(printed({}, { columns: 80, rows: 24 })).toContain('\u001b[31mbad\u001b[0m');
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s names commands and options', async (shell) => {
    const { code, out } = await runCliInProcess(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['status', 'hosts', 'drifted', 'token', 'revoke']) expect(out).toContain(word);
  });

  it('completes in bash', async () => {
    const { out } = await runCliInProcess(['completion', 'bash']);
    const asked = (line: readonly string[]): string[] => {
      const words = line.map((word) => `'${word}'`).join(' ');
      const script = `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _dog_trainer; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(asked(['dog-trainer', 'sta'])).toEqual(['start', 'status']);
    expect(asked(['dog-trainer', 'hosts', '--dri'])).toEqual(['--drifted']);
    expect(asked(['dog-trainer', 'token', 'rev'])).toEqual(['revoke']);
    // The value of an option is no command, and what takes a file is offered files.
    expect(asked(['dog-trainer', 'export', '--format', 'test', '--form'])).toEqual(['--format']);
    expect(asked(['dog-trainer', 'plan', 'package.js'])).toEqual(['package.json']);
  });

  it.skipIf(without('zsh'))(`completes in zsh${reason('zsh')}`, async () => {
    const { out } = await runCliInProcess(['completion', 'zsh']);
    // What zsh gives to such a function, and takes from it.
    const asked = (...line: readonly string[]): string => {
      const before = `compdef() { : }; _files() { print files }; PREFIX='${line.at(-1)}'; CURRENT=${line.length}`;
      const take = `compadd() { shift; local w; local -i n=1; for w in "$@"; do [[ $w == $PREFIX* ]] && print -- $w && n=0; done; return n }`;
      const words = `words=(${line.map((word) => `'${word}'`).join(' ')})`;
      const ran = spawnSync('zsh', ['-f', '-c', `${before}\n${take}\n${words}\n${out}\n_dog_trainer`], {
        encoding: 'utf8',
      });
      expect(ran.stderr).toBe('');
      return ran.stdout.trim();
    };
    expect(asked('dog-trainer', 'sta')).toBe('start\nstatus');
    expect(asked('dog-trainer', 'hosts', '--dri')).toBe('--drifted');
    expect(asked('dog-trainer', 'token', 'rev')).toBe('revoke');
    expect(asked('dog-trainer', 'plan', 'x')).toBe('files');
  });

  it.skipIf(without('fish'))(`completes in fish${reason('fish')}`, async () => {
    const { out } = await runCliInProcess(['completion', 'fish']);
    const asked = (line: string): string =>
      spawnSync('fish', ['-N', '-c', `${out}\ncomplete -C '${line}'`], { encoding: 'utf8' }).stdout.trim();
    expect(asked('dog-trainer sta')).toBe('start\nstatus');
    expect(asked('dog-trainer hosts --dri')).toBe('--drifted');
    expect(asked('dog-trainer token rev')).toBe('revoke');
    expect(asked('dog-trainer token create re')).not.toContain('revoke');
  });
});
