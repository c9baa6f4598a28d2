import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from './run.mjs';

/**
 * Makes the Debian package of `root`, which has the program under usr/ already: adds unit, account, configuration and the
 * scripts of packaging/debian. @returns the file
 */
export function makeDeb({ root, out, version, fast }) {
  const architecture = run('dpkg', ['--print-architecture']).trim();
  const place = (from, to, mode = 0o644) => {
    mkdirSync(join(root, to, '..'), { recursive: true });
    copyFileSync(from, join(root, to));
    chmodSync(join(root, to), mode);
  };
  place('packaging/systemd/dog_trainer.service', 'usr/lib/systemd/system/dog_trainer.service');
  place('packaging/sysusers.d/dog_trainer.conf', 'usr/lib/sysusers.d/dog_trainer.conf');
  place('packaging/dog_trainer.yaml', 'etc/dog_trainer/dog_trainer.yaml', 0o640);
  const doc = join(root, 'usr/share/doc/dog-trainer');
  const notices = readFileSync(join(doc, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  writeFileSync(join(doc, 'copyright'), copyright(notices));
  writeFileSync(join(doc, 'changelog.gz'), gzipSync(readFileSync('CHANGELOG.md'), { level: 9 }));

  const control = join(root, 'DEBIAN');
  cpSync('packaging/debian', control, { recursive: true });
  for (const script of ['postinst', 'prerm', 'postrm']) chmodSync(join(control, script), 0o755);
  const [kibibytes] = run('du', ['-sk', '--apparent-size', root]).split('\t');
  const fields = { VERSION: version, ARCHITECTURE: architecture, KIBIBYTES: kibibytes };
  const text = readFileSync(join(control, 'control'), 'utf8');
  writeFileSync(
    join(control, 'control'),
    text.replace(/@(\w+)@/g, (_all, name) => fields[name]),
  );
  writeFileSync(join(control, 'conffiles'), '/etc/dog_trainer/dog_trainer.yaml\n');
  run('chmod', ['-R', 'u+rwX,go+rX,go-w', control, join(root, 'usr')]);
  chmodSync(root, 0o755);
  for (const directory of ['etc', 'etc/dog_trainer']) chmodSync(join(root, directory), 0o755);

  const file = join(out, `dog-trainer_${version}_${architecture}.deb`);
  const compression = fast ? ['-Zgzip', '-z1'] : ['-Zxz'];
  run('dpkg-deb', ['--root-owner-group', ...compression, '--build', root, file]);
  return file;
}

function copyright(notices) {
  return `dog-trainer is under the Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0.\n\n${notices}`;
}
