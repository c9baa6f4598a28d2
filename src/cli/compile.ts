import { readFile } from 'node:fs/promises';
import type { Dialect } from '../firewall/dialect.js';
import { describeError, faultPath } from '../firewall/rules/compile-error.js';
import { compileRuleset } from '../firewall/rules/compile-ruleset.js';
import { readRulesetInput } from '../firewall/rules/ruleset-input.js';
import type { SetsInput } from '../firewall/sets/merge-sets.js';
import { compileSets } from '../firewall/sets/compile-sets.js';
import type { Json, JsonObject } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';
import type { TextSink } from './decode.js';

/** The result of a compile, or why there is none. */
type Outcome =
  | { readonly ok: true; readonly text: string; readonly hash: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly reason: string };

function compileRulesetInput(input: Json, dialect: Dialect): Outcome {
  const read = readRulesetInput(input);
  const result = read.ok ? compileRuleset(read.input, dialect) : read;
  if (!result.ok) return { ok: false, reason: describeError(result.error) };
  const warnings = result.warnings.map((warning) => `${faultPath(warning)}: ${warning.message}`);
  return { ok: true, text: result.text, hash: result.hash, warnings };
}

const SET_MAPS = ['groupsV4', 'groupsV6', 'zonesV4', 'zonesV6'] as const;

/** What is wrong with an object of four maps; `undefined` if nothing. */
function mapsFault(maps: Json | undefined, where: string): string | undefined {
  if (!isObject(maps)) return `${where}: give an object with the maps ${SET_MAPS.join(', ')}`;
  for (const key of SET_MAPS) {
    const map = maps[key];
    if (map === undefined) continue;
    if (!isObject(map)) return `${where}.${key}: give an object of lists of addresses`;
    const name = Object.keys(map).find((one) => !isList(map[one]));
    if (name !== undefined) return `${where}.${key}[${JSON.stringify(name)}]: give a list of addresses`;
  }
  return undefined;
}

function setsFault(input: Json): string | undefined {
  if (!isObject(input)) return 'input: give an object';
  for (const part of ['internal', 'externalUnion', 'externalPrefix']) {
    if (part !== 'internal' && input[part] === undefined) continue;
    const fault = mapsFault(input[part], `input.${part}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function compileSetsInput(input: Json, dialect: Dialect): Outcome {
  const fault = setsFault(input);
  if (fault !== undefined) return { ok: false, reason: fault };
  const { text, hash, problems } = compileSets(input as unknown as SetsInput, dialect);
  // The server publishes the other sets all the same; this command fails, so that a missing set is not overlooked.
  const unmade = problems.find(({ kind }) => kind === 'full' || kind === 'name');
  if (unmade !== undefined) return { ok: false, reason: `${unmade.set}: ${unmade.reason}` };
  return { ok: true, text, hash, warnings: problems.map((problem) => `${problem.set}: ${problem.reason}`) };
}

function compileDocument(document: JsonObject, dialect: Dialect): Outcome {
  const { kind, input } = document;
  if (input === undefined) return { ok: false, reason: 'the file has no key "input"' };
  if (kind === 'ruleset') return compileRulesetInput(input, dialect);
  if (kind === 'ipset') return compileSetsInput(input, dialect);
  return { ok: false, reason: `the file's kind is ${JSON.stringify(kind ?? null)}: give "ruleset" or "ipset"` };
}

async function readDocument(file: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8');
  const document = JSON.parse(text) as Json;
  if (isObject(document)) return document;
  throw new Error('it holds no JSON object with the keys "kind" and "input"');
}

/**
 * `dog-trainer compile FILE`: compiles one ruleset or all sets from a JSON file `{"kind": "ruleset" | "ipset", "input":
 * …}`. The text goes to `out`; warnings and the last line, `hash: …`, to `err`. Resolves with the exit code: 0, or 1
 * with the reason on `err` and nothing on `out`.
 */
export async function compileCommand(
  file: string,
  options: { readonly dialect: Dialect },
  out: TextSink,
  err: TextSink,
): Promise<number> {
  let document: JsonObject;
  try {
    document = await readDocument(file);
  } catch (error) {
    err.write(`dog-trainer compile: can't read ${file}: ${(error as Error).message}\n`);
    return 1;
  }
  const outcome = compileDocument(document, options.dialect);
  if (!outcome.ok) {
    err.write(`dog-trainer compile: ${file}: ${outcome.reason}\n`);
    return 1;
  }
  out.write(outcome.text);
  for (const warning of outcome.warnings) err.write(`warning: ${warning}\n`);
  err.write(`hash: ${outcome.hash}\n`);
  return 0;
}
