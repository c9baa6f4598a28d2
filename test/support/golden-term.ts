import { readFileSync } from 'node:fs';

interface GoldenTerm {
  readonly name: string;
  readonly hex: string | null;
}

const terms = JSON.parse(readFileSync('test/golden/etf.json', 'utf8')) as readonly GoldenTerm[];

/** The bytes of a vector of `test/golden/etf.json`. @throws when it has none, or there is no such vector. */
export function goldenTerm(name: string): Buffer {
  const hex = terms.find((term) => term.name === name)?.hex;
  if (hex === undefined || hex === null) throw new Error(`no bytes for ${name}`);
  return Buffer.from(hex, 'hex');
}
