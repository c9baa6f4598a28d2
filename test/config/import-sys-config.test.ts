import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseErlangTerm } from '../../src/config/erlang-terms.js';
import type { ErlangTerm } from '../../src/config/erlang-terms.js';
import { importSysConfig } from '../../src/config/import-sys-config.js';
import { loadConfig } from '../../src/config/load.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const SEED = fileURLToPath(new URL('./seed-sys.config', import.meta.url));
function atom(name: string): ErlangTerm {
  return { kind: 'atom', name };
}
function text(value: string): ErlangTerm {
  return { kind: 'text', text: value };
}
function number(value: number): ErlangTerm {
  return { kind: 'number', value };
}

describe('Erlang terms', () => {
  it.each([
    ['a.', atom('a')],
    ["'A b\\'c'.", atom("A b'c")],
    ['"x\\ty\\x{1f415}" "z".', text('x\ty\u{1f415}z')],
    ['<<"dog">>.', text('dog')],
    ['<<"d"/utf8, 111, $g>>.', text('dog')],
    ['-12.', number(-12)],
    ['1.5e3.', number(1500)],
    ['16#ff.', number(255)],
    ['$a.', number(97)],
    ['[].', { kind: 'list', items: [] }],
    ['{a, 1}.', { kind: 'tuple', items: [atom('a'), number(1)] }],
    ['#{a => 1}.', { kind: 'map', entries: [[atom('a'), number(1)]] }],
    [
      "% one\n[ # it's a comment, [with} brackets\n a, % two\n b ] # three\n .% four",
      { kind: 'list', items: [atom('a'), atom('b')] },
    ],
    ['"# not % a comment".', text('# not % a comment')],
  ])('%j', (source, term) => {
    expect(parseErlangTerm(source)).toEqual(term);
  });

  it.each([
    ['[a, b', 'line 1, column 6: expected "," or "]", found the end'],
    ['[a,\n b\n c].', 'line 3, column 2: expected "," or "]", found "c]."'],
    ['"never closed', 'line 1, column 1: expected a closing "'],
    ['{a, B}.', 'line 1, column 5: expected a term (a name with a capital is a variable'],
    ['a', 'line 1, column 2: expected "."'],
    ['a. b.', 'expected the end of the file'],
    ['', 'line 1, column 1: expected a term'],
    [`${'['.repeat(200)}${']'.repeat(200)}.`, 'at most 100 levels'],
  ])('%j is refused: %s', (source, message) => {
    expect(() => parseErlangTerm(source)).toThrow(message);
  });

  it('end in a term or in a syntax error, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '[',
            ']',
            '{',
            '}',
            ',',
            '.',
            '"',
            "'",
            '#',
            '%',
            '\n',
            'a',
            '1',
            '<<',
            '>>',
            '$',
            '\\',
            ' ',
            '=>',
          ),
          { maxLength: 40 },
        ),
        (parts) => {
          try {
            parseErlangTerm(parts.join(''));
          } catch (error) {
            expect(error).toMatchObject({ name: 'ErlangSyntaxError' });
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('config import', () => {
  it("turns the seed's sys.config into a valid configuration", async () => {
    const file = join(temporaryDirectory(), 'dog.yaml');
    const { code, out, err } = await runCliInProcess(['config', 'import', SEED, '--output', file]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { config, warnings } = loadConfig({ file });
    expect(config).toMatchObject({
      env: 'q1',
      version: '20180423-180410-relflow',
      ruleset_dialect: 'dog1',
      keepalive_alert_seconds: 1800,
      rethinkdb_host: 'dog-db-qa.nocell.io',
      rethink_squash_sec: 1,
      smtp_to: [],
      api: { host: '0.0.0.0', allow_unauthenticated: true },
      metrics: { host: '0.0.0.0' },
      store: { kind: 'rethinkdb' },
      broker: { kind: 'amqp', host: 'localhost', port: 5673, virtual_host: 'dog', tls: true },
      queuejournal: { enabled: true, dir: '/var/db/dog_trainer/queuejournal' },
      log: { dir: '/var/log/dog_trainer', size: 104857600, crash_log: 'crash.log' },
    });
    expect(config.broker.ssl_options).toMatchObject({
      verify: 'verify_peer',
      server_name_indication: 'disable',
      certfile: '/var/consul/data/pki/certs/server.crt',
    });
    expect(warnings).toContainEqual(expect.stringContaining('api.host is 0.0.0.0'));
    for (const gone of [
      'dog_trainer.pools',
      'sync',
      'lager.async_threshold',
      'thumper.thumper_svrs',
      'thumper.brokers.api_port',
    ]) {
      expect(err).toContain(`${gone}: has no meaning here`);
    }
    expect(await runCliInProcess(['config', 'import', SEED, '--output', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining('EEXIST') as string,
    });
  });

  it('takes the first of a key that stands twice, and shows no secret', () => {
    const { yaml, notes, warnings, losses } = importSysConfig(`[
      {dog_trainer, [{env, <<"t1">>}, {env, "zz"}, {smtp_to, ["a@b.c"]}, {smtp_password, "hunter2"}, {unheard_of, 1}, {polling_interval_seconds, never}]},
      {imetrics, [{http_server_port, 9085}]}
    ].`);
    expect(yaml).toContain('env: t1\n');
    expect(yaml).toContain('  port: 9085\n');
    expect(notes).toContain('dog_trainer.unheard_of: has no meaning here');
    expect(losses).toEqual([
      {
        file: 'sys.config',
        from: 'dog_trainer.polling_interval_seconds',
        found: '= never',
        wanted: 'polling_interval_seconds must be a number of seconds, 0.01 or more',
      },
    ]);
    expect([...notes, ...warnings].join()).not.toContain('hunter2');
  });

  it('says what is wrong with a file that is none', async () => {
    for (const [file, reason] of [
      ['/nonexistent', 'ENOENT'],
      [fileURLToPath(new URL('../../package.json', import.meta.url)), 'line 2, column 9: expected'],
    ] as const) {
      expect(await runCliInProcess(['config', 'import', file])).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining(reason) as string,
      });
    }
    expect(() => importSysConfig('[1, 2].')).toThrow('not a list of {application');
    expect(readFileSync(SEED, 'utf8')).toContain('# name of this');
  });
});
