import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

function bash(script: string) {
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' });
}

describe('script/closing-line.mjs', () => {
  const closingLine = (report: unknown): string => {
    const file = join(temporaryDirectory(), 'report.json');
    writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report));
    return execFileSync(process.execPath, ['script/closing-line.mjs', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  };
  const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults: [] };

  it('counts what vitest reports', () => {
    expect(closingLine(report)).toBe('tests: 5 passed, 1 failed, 3 skipped\n');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [{ name: 'test/a.test.ts', status: 'failed', message: 'no load', assertionResults: [] }];
    expect(closingLine({ ...report, testResults })).toBe(
      'failed: test/a.test.ts\n      no load\ntests: 5 passed, 2 failed, 3 skipped\n',
    );
  });

  it('names what failed and why right before it, for those who see only the end of a log', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'one', failureMessages: [] },
      { status: 'failed', fullName: 'two', failureMessages: ['\u001b[31mno\u001b[39m\n at /x/node_modules/y'] },
    ];
    const testResults = [{ name: 'test/a.test.ts', status: 'failed', message: '', assertionResults }];
    expect(closingLine({ ...report, testResults })).toBe(
      'failed: test/a.test.ts > two\n      no\ntests: 5 passed, 1 failed, 3 skipped\n',
    );
  });

  it('never claims that a run without a report passed', () => {
    expect(closingLine('')).toBe('tests: 0 passed, 1 failed, 0 skipped\n');
  });
});

describe('script/prepare.sh', () => {
  it('names the packages of programs that are missing, each once', () => {
    const { stdout } = bash(
      '. script/prepare.sh; missing_packages bash=bash no-such-a=one no-such-b=two no-such-c=one',
    );
    expect(stdout).toBe('one\ntwo\n');
  });

  it('does not install without root', () => {
    const { status } = bash('id() { echo 1000; }; . script/prepare.sh; install_packages x');
    expect(status).not.toBe(0);
  });

  // npm, the compilers and the module are stood in for: what is tried, in which order, is what counts.
  const prepare = (world: string) => {
    const standIns = `
      . script/prepare.sh
      cd ${temporaryDirectory()}
      npm() { echo "npm $*"; }
      missing_packages() { echo g++; }
      install_packages() { echo "install $*"; compiler=yes; }
      sqlite_loads() { [ "\${compiler:-}" = yes ]; }
      ${world}
      prepare_modules 2>&1`;
    const { status, stdout } = bash(standIns);
    return { status, did: stdout.split('\n').filter((line) => /^(npm .*-|npm rebuild|install|bash:)/.test(line)) };
  };
  const CI = 'npm ci --ignore-scripts --no-audit --no-fund';

  it('runs no install script where better-sqlite3 brings its module along', () => {
    expect(prepare('sqlite_loads() { true; }')).toEqual({ status: 0, did: [CI] });
  });

  it('asks for no compiler where a prebuilt better-sqlite3 can be had', () => {
    const fetched =
      'npm() { echo "npm $*"; if [ "$1" = rebuild ]; then touch fetched; fi; }; sqlite_loads() { [ -e fetched ]; }';
    expect(prepare(fetched)).toEqual({ status: 0, did: [CI, 'npm rebuild'] });
  });

  it('installs compilers where none can be had, and compiles', () => {
    expect(prepare('')).toEqual({ status: 0, did: [CI, 'npm rebuild', 'install g++', 'npm rebuild'] });
  });

  it('names what to install where it may not, and does not blame compilers for a registry that is away', () => {
    expect(prepare('install_packages() { return 1; }')).toEqual({
      status: 1,
      did: [CI, 'npm rebuild', 'bash: cannot compile better-sqlite3: as root, apt-get install g++'],
    });
    expect(prepare('npm() { return 1; }')).toEqual({
      status: 1,
      did: ['bash: npm ci failed: see its output above'],
    });
  });

  it('refuses a Node that is too old, saying which is needed', () => {
    const old = 'node() { if [ "$1" = --version ]; then echo v18.1.0; else return 1; fi; }';
    const { status, stderr } = bash(`${old}; . script/prepare.sh; require_node`);
    expect([status, stderr]).toEqual([1, 'bash: Node v18.1.0 is too old: 20.19 or later is needed\n']);
    expect(bash('. script/prepare.sh; require_node').status).toBe(0);
  });
});

describe('the scripts', () => {
  it('are found sound by bash, and by shellcheck where it is installed', () => {
    for (const file of [
      'script/demo',
      'script/test',
      'script/prepare.sh',
      '.ci/run',
      'packaging/bin/dog-trainer',
      'packaging/certificates/make-certificates',
      ...['postinst', 'prerm', 'postrm'].map((name) => `packaging/debian/${name}`),
    ]) {
      expect(spawnSync('bash', ['-n', file], { encoding: 'utf8' }).stderr).toBe('');
      const shellcheck = spawnSync('shellcheck', ['-x', file], { encoding: 'utf8' });
      if (shellcheck.error === undefined) expect(shellcheck.stdout).toBe('');
    }
  });

  it('refuse a test folder that does not exist, naming those that do', () => {
    const { status, stderr } = spawnSync('script/test', ['no-such-folder'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('there is no test/no-such-folder; folders: ');
  });
});

describe('script/test --node', () => {
  it('names the releases that it knows', () => {
    const { status, stderr } = spawnSync('script/test', ['--node', '19'], { encoding: 'utf8' });
    expect(stderr).toBe("test: --node: give one of 20 22 24, not '19'\n");
    expect(status).toBe(1);
  });

  it('copies the files of the tree, not what is made from them', () => {
    const { stdout } = bash('. script/other-node.sh; tree_files | tr "\\0" "\\n"');
    const files = stdout.split('\n');
    expect(files).toEqual(expect.arrayContaining(['script/test', 'package-lock.json', 'src/main.ts']));
    expect(files.filter((file) => /^(node_modules|dist)\//.test(file))).toEqual([]);
  });
});
