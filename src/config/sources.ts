import { readFileSync } from 'node:fs';
import type { Document, Node, ParsedNode, YAMLMap } from 'yaml';
import type { ConfigProblem, Origin } from './config-error.js';
import { KEYS, SECTIONS } from './schema.js';
import { yamlLibrary } from './yaml-library.js';

/** A value as a source gives it, before it is checked. `spelled`: text that stands for a number, boolean or list. */
export interface RawEntry {
  readonly key: string;
  readonly raw: unknown;
  readonly spelled: boolean;
  readonly origin: Origin;
}

/** The entries of a source, and the problems found while reading it. */
export interface Source {
  readonly entries: readonly RawEntry[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads a YAML file. Sections may be nested (`api:` / `port:`) or dotted (`api.port:`). */
export function readYamlFile(path: string, kind: 'default' | 'file'): Source {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    return { entries: [], problems: [{ key: path, wanted: `cannot be read: ${why}` }] };
  }
  return readYaml(text, path, kind);
}

/** The same for a string of YAML; `name` is its name in errors. */
export function readYaml(text: string, name: string, kind: 'default' | 'file'): Source {
  const { isMap, isScalar, LineCounter, parseDocument } = yamlLibrary();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Origin => ({ kind, text: `${name}:${lines.linePos(offset).line}` });
  if (document.errors.length > 0) {
    const hint = /^\s*(%[^\n]*\n\s*)*\[\s*(%[^\n]*\n\s*)*\{/.test(text)
      ? '; this looks like an Erlang sys.config: turn it into ours with `dog-trainer config import FILE`'
      : '';
    const problems = document.errors.map((error) => ({
      key: `${name}:${lines.linePos(error.pos[0]).line}`,
      wanted: `is not well-formed YAML: ${error.message.split('\n')[0] ?? error.code}${hint}`,
    }));
    return { entries: [], problems };
  }
  const entries: RawEntry[] = [];
  const problems: ConfigProblem[] = [];
  const root = document.contents;
  if (isMap(root)) walk(root, '', document, at, entries, problems);
  else if (root !== null && !(isScalar(root) && root.value === null))
    problems.push({ key: name, wanted: 'must be a YAML map of keys and values' });
  return { entries, problems };
}

function walk(
  map: YAMLMap.Parsed,
  prefix: string,
  document: Document.Parsed,
  at: (offset: number) => Origin,
  entries: RawEntry[],
  problems: ConfigProblem[],
): void {
  const { isMap, isScalar } = yamlLibrary();
  for (const { key: keyNode, value } of map.items) {
    const key = prefix + (isScalar(keyNode) ? String(keyNode.value) : keyNode.toString());
    const origin = at(keyNode.range[0]);
    if (SECTIONS.has(key)) {
      if (isMap(value)) walk(value, `${key}.`, document, at, entries, problems);
      else if (!isEmpty(value)) problems.push({ key, origin, wanted: sectionText(key) });
      continue;
    }
    const raw: unknown = value === null ? null : (value as Node).toJS(document);
    entries.push({ key, raw, spelled: false, origin });
  }
}

function isEmpty(node: ParsedNode | null) {
  const { isScalar } = yamlLibrary();
  return node === null || (isScalar(node) && node.value === null);
}

function sectionText(section: string): string {
  const inner = [...KEYS.keys()]
    .filter((key) => key.startsWith(`${section}.`))
    .map((key) => key.slice(section.length + 1));
  return `is a section; give it keys of its own: ${inner.join(', ')}`;
}

/**
 * Reads `DOG_*` variables (docs/decisions/0024-where-configuration-comes-from.md): a dot is two underscores, case does
 * not matter.
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Source {
  const entries: RawEntry[] = [];
  for (const [name, raw] of Object.entries(environment)) {
    if (!name.startsWith('DOG_') || raw === undefined) continue;
    const key = name.slice('DOG_'.length).toLowerCase().replaceAll('__', '.');
    entries.push({ key, raw, spelled: true, origin: { kind: 'environment', text: `environment variable ${name}` } });
  }
  return withoutSections(entries);
}

/** Reads the command line's `--set key=value` flags; a later one wins. */
export function readFlags(set: readonly string[], data: string | undefined): Source {
  const entries: RawEntry[] = [];
  const problems: ConfigProblem[] = [];
  for (const flag of set) {
    const equals = flag.indexOf('=');
    const key = flag.slice(0, equals).trim();
    if (equals < 1 || key === '')
      problems.push({ key: '--set', wanted: 'must be --set key=value, such as --set api.port=7171' });
    else
      entries.push({ key, raw: flag.slice(equals + 1), spelled: true, origin: { kind: 'flag', text: `--set ${key}` } });
  }
  if (data !== undefined) {
    entries.push({ key: 'data_dir', raw: data, spelled: true, origin: { kind: 'flag', text: '--data' } });
  }
  const checked = withoutSections(entries);
  return { entries: checked.entries, problems: [...problems, ...checked.problems] };
}

function withoutSections(entries: readonly RawEntry[]): Source {
  return {
    entries: entries.filter(({ key }) => !SECTIONS.has(key)),
    problems: entries
      .filter(({ key }) => SECTIONS.has(key))
      .map(({ key, origin }) => ({ key, origin, wanted: sectionText(key) })),
  };
}
