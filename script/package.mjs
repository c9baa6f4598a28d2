// Makes what can be installed: a .deb, a tarball, and the npm package, in a directory. Only the last needs a network to install.
//   npm run package                          all three, in ./packages
//   npm run package -- --only deb --out DIR  one of deb, tarball, npm, and where to
//   npm run package -- --fast                less compressed, for a try
//   npm run package -- --built               with dist as it stands, which npm run build has just made
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDeb } from './package/deb.mjs';
import { run } from './package/run.mjs';
import { stagePrefix, stageSource } from './package/stage.mjs';

const KINDS = ['deb', 'tarball', 'npm'];
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'packages' },
    only: { type: 'string', multiple: true, default: KINDS },
    fast: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
  },
});
const unknown = values.only.filter((kind) => !KINDS.includes(kind));
if (unknown.length > 0) {
  process.stderr.write(`package: --only ${unknown.join(', ')}: must be one of ${KINDS.join(', ')}\n`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  process.stderr.write('package: packages are made on Linux, as they hold programs for it\n');
  process.exit(1);
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const platform = `linux-${process.arch}`;
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'dog-package-'));
try {
  const source = stageSource(join(work, 'source'), { built: values.built });
  if (values.only.includes('npm')) {
    const flags = ['--json', '--ignore-scripts', '--pack-destination', out];
    const [packed] = JSON.parse(run('npm', ['pack', ...flags], { cwd: source }));
    tell(join(out, packed.filename));
  }
  if (values.only.some((kind) => kind !== 'npm')) {
    const name = `dog-trainer-${version}-${platform}`;
    const prefix = join(work, name);
    stagePrefix({ source, prefix, platform });
    if (values.only.includes('tarball')) {
      const file = join(out, `${name}.tar.gz`);
      const sorted = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
      run('tar', [...sorted, '-I', values.fast ? 'gzip -1' : 'gzip -9', '-cf', file, '-C', work, name]);
      tell(file);
    }
    if (values.only.includes('deb')) {
      const root = join(work, 'deb');
      mkdirSync(root);
      // The last that needs it.
      renameSync(prefix, join(root, 'usr'));
      tell(makeDeb({ root, out, version, fast: values.fast }));
    }
  }
} catch (error) {
  process.stderr.write(`package: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function tell(file) {
  process.stdout.write(`${file}\n`);
}
