import { readYaml } from './sources.js';

/** A YAML file as it was read before: its text, and each of its entries with the line that it begins on. */
export interface ReadAhead {
  readonly text: string;
  readonly entries: readonly (readonly [key: string, raw: unknown, line: number])[];
}

/** Reads the text of a file with which nothing is wrong, so that reading the same again costs nothing. @throws Error */
export function readAhead(text: string): ReadAhead {
  const { entries, problems } = readYaml(text, '', 'default');
  if (problems.length > 0) throw new Error(`${problems[0]?.key} ${problems[0]?.wanted}`);
  return { text, entries: entries.map(({ key, raw, origin }) => [key, raw, Number(origin.text.slice(1))]) };
}
