import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of all that is packed besides our own code, as one text; packages with the same words share a section.
 * Throws for a package that names no licence.
 */
export function thirdPartyNotices(modules, node) {
  const sections = new Map();
  const add = (title, licence, text) => {
    const key = text.replace(/\s+/g, ' ').trim();
    const section = sections.get(key) ?? { titles: [], text: text.trim() };
    sections.set(key, section);
    section.titles.push(`${title} (${licence})`);
  };
  for (const directory of packagesIn(modules)) {
    const { name, version, license, author } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const licence = typeof license === 'string' ? license : license?.type;
    if (licence === undefined) throw new Error(`${name} ${version} names no licence in its package.json`);
    const file = readdirSync(directory).find((one) => /^(licen[cs]e|copying)([.-].*)?$/i.test(one));
    const by = typeof author === 'string' ? author : author?.name;
    const unwritten = `Licence: ${licence}; the package has no licence file.${by === undefined ? '' : ` Author: ${by}`}`;
    add(`${name} ${version}`, licence, file === undefined ? unwritten : readFileSync(join(directory, file), 'utf8'));
  }
  add(`Node.js ${node.release}`, 'MIT and others', readFileSync(node.licence, 'utf8'));
  const parts = [...sections.values()].map(({ titles, text }) => `${titles.join('\n')}\n\n${text}\n`);
  const intro = 'dog-trainer is packed with the work of others. Their names and licences follow.\n';
  return [intro, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

/** Every package directory, those inside other packages too, in order of their names. */
function packagesIn(modules) {
  const found = [];
  for (const entry of readdirSync(modules, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const path = join(modules, entry.name);
    if (entry.name.startsWith('@')) found.push(...packagesIn(path));
    else {
      found.push(path);
      if (readdirSync(path).includes('node_modules')) found.push(...packagesIn(join(path, 'node_modules')));
    }
  }
  return found.sort();
}
