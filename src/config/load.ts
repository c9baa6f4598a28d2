import { fileURLToPath } from 'node:url';
import { checkTogether } from './check-together.js';
import { ConfigError } from './config-error.js';
import type { ConfigProblem, Origin } from './config-error.js';
import { exposedSecrets } from './exposed-secrets.js';
import { nearestName } from './nearest-name.js';
import { readValue } from './read-value.js';
import { resolveDerived } from './resolve-derived.js';
import { KEYS } from './schema.js';
import type { Config } from './schema.js';
import { showValue } from './show-value.js';
import { readDefaults } from './read-defaults.js';
import { readEnvironment, readFlags, readYaml, readYamlFile } from './sources.js';
import type { RawEntry } from './sources.js';

/**
 * Where the configuration comes from, besides config/default.yaml; each beats the one before it
 * (docs/decisions/0024-where-configuration-comes-from.md).
 */
export interface ConfigSources {
  /** `--config`: a YAML file. */
  readonly file?: string;
  /** YAML that is not in a file, and its name in errors. */
  readonly text?: { readonly name: string; readonly yaml: string };
  /** `process.env`; also tells the directories that systemd made (`STATE_DIRECTORY` and so on). Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `--set key=value`, any number. */
  readonly set?: readonly string[];
  /** `--data DIR`. */
  readonly data?: string;
}

const DERIVED: Origin = { kind: 'derived', text: 'other keys, or what surrounds the service' };

export interface LoadedConfig {
  readonly config: Config;
  /** Sentences for the log: keys that were accepted but have no effect, or are risky. */
  readonly warnings: readonly string[];
  /** Where each key's value came from, by dotted name. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The shipped defaults: beside src/ and dist/ alike. */
export const DEFAULT_FILE = fileURLToPath(new URL('../../config/default.yaml', import.meta.url));

/**
 * Reads, checks and freezes the whole configuration.
 * @throws ConfigError naming every key that is wrong, its value, where it came from, and what would be right.
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const environment = sources.environment ?? {};
  const read = [
    readDefaults(DEFAULT_FILE),
    ...(sources.file === undefined ? [] : [readYamlFile(sources.file, 'file')]),
    ...(sources.text === undefined ? [] : [readYaml(sources.text.yaml, sources.text.name, 'file')]),
    readEnvironment(environment),
    readFlags(sources.set ?? [], sources.data),
  ];
  const problems: ConfigProblem[] = read.flatMap((source) => source.problems);
  const warnings: string[] = [];
  const values = new Map<string, unknown>();
  const origins = new Map<string, Origin>();
  for (const entry of read.flatMap((source) => source.entries)) {
    const problem = take(entry, values, origins);
    if (problem !== undefined) problems.push(problem);
  }
  for (const [key, spec] of KEYS) {
    if (!values.has(key)) values.set(key, undefined);
    const value = values.get(key);
    if (spec.ignored !== undefined && value !== undefined && origins.get(key)?.kind !== 'default') {
      warnings.push(`${key} (from ${origins.get(key)?.text}) is ignored: ${spec.ignored}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const unset = [...KEYS.keys()].filter((key) => values.get(key) === undefined);
  resolveDerived(values, environment);
  for (const key of unset) if (values.get(key) !== undefined) origins.set(key, DERIVED);
  const config = freezeTree(values);
  const together = checkTogether(config, origins);
  if (together.problems.length > 0) throw new ConfigError(together.problems);
  return {
    config,
    warnings: [...warnings, ...together.warnings, ...exposedSecrets(values, origins, sources.file)],
    origins,
  };
}

/** Stores one entry's value, or returns what is wrong with it. */
function take(
  { key, raw, spelled, origin }: RawEntry,
  values: Map<string, unknown>,
  origins: Map<string, Origin>,
): ConfigProblem | undefined {
  const spec = KEYS.get(key);
  if (spec === undefined) {
    const near = nearestName(key, KEYS.keys());
    // The value is not shown: a misspelt password key is still a password.
    return { key, origin, wanted: `unknown key${near === undefined ? '' : `; did you mean ${near}?`}` };
  }
  const reading = readValue(spec, raw, spelled);
  if (!reading.ok)
    return { key, value: JSON.stringify(showValue(spec, raw)) ?? 'nothing', origin, wanted: reading.wanted };
  values.set(key, reading.value);
  origins.set(key, origin);
  return undefined;
}

function freezeTree(values: ReadonlyMap<string, unknown>): Config {
  const root: Record<string, unknown> = {};
  const sections: Record<string, unknown>[] = [root];
  for (const [key, spec] of KEYS) {
    if (spec.ignored !== undefined) continue;
    const parts = key.split('.');
    const name = parts.pop() ?? key;
    let section = root;
    for (const part of parts) {
      const inner = (section[part] ??= {}) as Record<string, unknown>;
      sections.push(inner);
      section = inner;
    }
    section[name] = values.get(key);
  }
  for (const section of sections) Object.freeze(section);
  // The one cast: the schema's keys, each read by its own spec, are what `Config` is made of.
  return root as unknown as Config;
}
