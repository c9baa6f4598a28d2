import { AnalysisError, difference, type Flow, flowJson, flowKind, flowText, readTexts } from '../analysis/index.js';
import { finish } from '../firewall/finish.js';
import type { TextSink } from './decode.js';
import { namedText } from './explain.js';

export interface DiffFiles {
  readonly before: string;
  readonly after: string;
  readonly beforeSets?: string;
  readonly afterSets?: string;
  readonly json?: true;
}

async function filterOf(rules: string, sets: string | undefined): Promise<ReturnType<typeof readTexts>> {
  return readTexts(await namedText(rules), sets === undefined ? null : await namedText(sets));
}

function asJson(flows: readonly Flow[]): string {
  const of = (kind: ReturnType<typeof flowKind>): readonly object[] =>
    flows.filter((flow) => flowKind(flow) === kind).map((flow) => flowJson(flow));
  return `${JSON.stringify({ opens: of('opens'), closes: of('closes'), changes: of('changes') }, null, 2)}\n`;
}

/**
 * `dog-trainer diff`: what a change of a ruleset opens and closes (docs/analysis.md#diff). Resolves with the exit code:
 * 0 no difference in effect, 2 a difference, 1 a text can't be read, with the reason on `err`.
 */
export async function diffCommand(files: DiffFiles, out: TextSink, err: TextSink): Promise<number> {
  try {
    const before = await filterOf(files.before, files.beforeSets);
    const after = await filterOf(files.after, files.afterSets);
    if (before.family !== after.family) {
      throw new AnalysisError(`${files.before} is of ${before.family}, ${files.after} of ${after.family}`);
    }
    const flows = finish(difference(before, after));
    if (files.json === true) out.write(asJson(flows));
    else if (flows.length === 0) out.write('no difference in effect\n');
    else for (const flow of flows) out.write(flowText(flow));
    return flows.length === 0 ? 0 : 2;
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    err.write(`dog-trainer diff: ${error.message}\n`);
    return 1;
  }
}
