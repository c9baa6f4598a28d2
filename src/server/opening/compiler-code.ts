import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The rooms that compiling runs through (docs/architecture.md#rooms). */
const ROOMS = ['firewall', 'model'];

let known: string | undefined;

/**
 * Names the code that compiles rulesets, and the Node that runs it: a hash of the files as they are installed, which
 * nobody can forget to change. Read once, when it is first asked for, since running code does not change.
 */
export function compilerCode(): string {
  return (known ??= readCode());
}

function readCode(): string {
  const hash = createHash('sha256').update(process.version);
  for (const room of ROOMS) {
    const directory = fileURLToPath(new URL(`../../${room}/`, import.meta.url));
    for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort())
      if (/\.[jt]s$/.test(file)) hash.update(`\n${room}/${file}\n`).update(readFileSync(directory + file));
  }
  return hash.digest('base64');
}
