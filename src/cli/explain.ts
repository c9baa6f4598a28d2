import { readFile } from 'node:fs/promises';
import {
  AnalysisError,
  decisionJson,
  explainPackets,
  familyOf,
  type NamedText,
  readPacketList,
  readTexts,
} from '../analysis/index.js';
import type { Json } from '../model/document.js';
import type { TextSink } from './decode.js';
import { NOT_WELL } from './exit-codes.js';
import { outOfScopeText } from './out-of-scope.js';

/** Where the texts are. */
export interface ExplainFiles {
  readonly rules: string;
  readonly sets?: string;
  readonly packets: string;
  /** `iptables-save` of a host, with rules of other programs. */
  readonly foreign?: boolean;
}

/** Reads a file; what is wrong with it is told with its name. */
export async function namedText(file: string): Promise<NamedText> {
  try {
    return { name: file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw new AnalysisError(`can't read ${file}: ${(error as Error).message}`);
  }
}

async function packetsOf(file: string): Promise<ReturnType<typeof readPacketList>> {
  const { text } = await namedText(file);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new AnalysisError(`${file} is not JSON: ${(error as Error).message}`);
  }
  return readPacketList(value);
}

/**
 * `dog-trainer explain`: what a ruleset does with each packet of a file, as a JSON array with one element a packet
 * (docs/analysis.md#explain). Resolves with the exit code: 0; 1 with the reason on `err` and nothing on `out`; 3 where
 * lines of a host, which are listed on `err`, may decide otherwise.
 */
export async function explainCommand(files: ExplainFiles, out: TextSink, err: TextSink): Promise<number> {
  try {
    const packets = await packetsOf(files.packets);
    const rules = await namedText(files.rules);
    const sets = files.sets === undefined ? null : await namedText(files.sets);
    const family = familyOf(packets);
    const foreign = files.foreign === true;
    const filter = readTexts(rules, sets, { foreign, ...(family === undefined ? {} : { family }) });
    const found = explainPackets(filter, packets);
    const decisions = found.map((decision) => JSON.stringify(decisionJson(decision)));
    err.write(outOfScopeText(rules.name, filter));
    out.write(decisions.length === 0 ? '[]\n' : `[\n${decisions.join(',\n')}\n]\n`);
    return filter.ruleset.elsewhere.length > 0 || found.some(({ verdict }) => verdict === 'unknown') ? NOT_WELL : 0;
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    err.write(`dog-trainer explain: ${error.message}\n`);
    return 1;
  }
}
