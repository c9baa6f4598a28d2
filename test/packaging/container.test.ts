import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';

/** Where main.ts has commands look. */
const INSTALLED = /installedConfig: '(.*)'/.exec(readFileSync('src/main.ts', 'utf8'))?.[1];
const FILE = 'packaging/container/Containerfile';

/** Instructions with what follows them, in order; lines that go on are joined. */
function instructions(): readonly (readonly [string, string])[] {
  const text = readFileSync(FILE, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /^(\S+) (.*)$/.exec(line)?.slice(1) as [string, string]);
}
function of(name: string): readonly string[] {
  return instructions()
    .filter(([instruction]) => instruction === name)
    .map(([, words]) => words);
}

describe('the container file', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  // As script/package.mjs names what is in the tarball, and the tarball.
  const named = /const name = `(dog-trainer-.*)`;/.exec(readFileSync('script/package.mjs', 'utf8'))?.[1];
  const ours = named?.replace('${version}', '${VERSION}').replace('${platform}', '${PLATFORM}');

  it('takes the tarball that npm run package makes, and nothing else', () => {
    expect([...of('ADD'), ...of('COPY')]).toEqual([`${ours}.tar.gz /opt/`]);
    expect(readFileSync('script/package.mjs', 'utf8')).toContain('`${name}.tar.gz`');
    // How to build it is told for this version.
    expect(readFileSync(FILE, 'utf8')).toContain(`--build-arg VERSION=${version} `);
  });

  it('runs the program of the tarball, with the configuration where commands look for it', () => {
    const [entry = ''] = JSON.parse(of('ENTRYPOINT')[0] ?? '[]') as string[];
    expect(of('RUN').join()).toContain(`ln -s "/opt/${ours}/bin/${entry}" /usr/local/bin/${entry} `);
    expect(existsSync(`packaging/bin/${entry}`)).toBe(true);
    expect(JSON.parse(of('CMD')[0] ?? '')).toEqual(['start', '--config', INSTALLED]);
  });

  it('runs it as a user of its own, whose the volume and the run directory are', () => {
    const [, uid, gid] = /^(\d+):(\d+)$/.exec(of('USER').at(-1) ?? '') ?? [];
    expect([Number(uid), Number(gid)].every((id) => id > 0)).toBe(true);
    const run = of('RUN').join();
    const [, user] = new RegExp(`useradd --uid ${uid} .* (\\S+) &&`).exec(run) ?? [];
    expect(run).toContain(`groupadd --gid ${gid} `);
    const environment = new Map(
      of('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
    );
    const [state, runtime] = [environment.get('STATE_DIRECTORY'), environment.get('RUNTIME_DIRECTORY')];
    expect(run).toContain(`install -d -m 0700 -o ${user} -g ${user} ${state} ${runtime}`);
    expect(of('VOLUME')).toEqual([state]);
  });

  it('exposes the ports of the default configuration', () => {
    const { config } = loadConfig({ data: 'none' });
    expect(of('EXPOSE')).toEqual([`${config.api.port} ${config.metrics.port}`]);
  });
});
