import {
  AnalysisError,
  difference,
  type Filter,
  type Flow,
  flowJson,
  flowKind,
  flowText,
  readTexts,
} from '../analysis/index.js';
import { finish } from '../firewall/finish.js';
import type { TextSink } from './decode.js';
import { DIFFERENT, NOT_WELL } from './exit-codes.js';
import { namedText } from './explain.js';
import { outOfScopeText } from './out-of-scope.js';

export interface DiffFiles {
  readonly before: string;
  readonly after: string;
  readonly beforeSets?: string;
  readonly afterSets?: string;
  readonly json?: true;
  /** Both are `iptables-save` of hosts, with rules of other programs. */
  readonly foreign?: true;
}

async function filterOf(rules: string, sets: string | undefined, foreign: boolean): Promise<Filter> {
  return readTexts(await namedText(rules), sets === undefined ? null : await namedText(sets), { foreign });
}

function outOfScopeJson({ outOfScope }: Filter): readonly object[] {
  return outOfScope.map(({ line, lineNumber, reason }) => ({ line, line_number: lineNumber, reason }));
}

/** `unread`: what is out of scope before and after; undefined: both are texts of ours. */
function asJson(flows: readonly Flow[], unread: readonly [Filter, Filter] | undefined): string {
  const of = (kind: ReturnType<typeof flowKind>): readonly object[] =>
    flows.filter((flow) => flowKind(flow) === kind).map((flow) => flowJson(flow));
  const kinds = { opens: of('opens'), closes: of('closes'), changes: of('changes') };
  const scope = unread && { out_of_scope: { before: outOfScopeJson(unread[0]), after: outOfScopeJson(unread[1]) } };
  return `${JSON.stringify({ ...kinds, ...scope }, null, 2)}\n`;
}

/**
 * `dog-trainer diff`: what a change of a ruleset opens and closes (docs/analysis.md#diff). Resolves with the exit code:
 * 0 no difference in effect, 2 a difference, 1 a text can't be read, with the reason on `err`; 3 no difference, if lines
 * of hosts that can't be read, which are listed on `err`, do the same where they are the same.
 */
export async function diffCommand(files: DiffFiles, out: TextSink, err: TextSink): Promise<number> {
  try {
    const foreign = files.foreign === true;
    const before = await filterOf(files.before, files.beforeSets, foreign);
    const after = await filterOf(files.after, files.afterSets, foreign);
    if (before.family !== after.family) {
      throw new AnalysisError(`${files.before} is of ${before.family}, ${files.after} of ${after.family}`);
    }
    const flows = finish(difference(before, after));
    const isCertain = before.outOfScope.length + after.outOfScope.length === 0;
    err.write(outOfScopeText(files.before, before) + outOfScopeText(files.after, after));
    if (files.json === true) out.write(asJson(flows, foreign ? [before, after] : undefined));
    else if (flows.length > 0) for (const flow of flows) out.write(flowText(flow));
    else if (isCertain) out.write('no difference in effect\n');
    else out.write('no difference in effect, if lines out of scope do the same where they are the same\n');
    if (flows.length > 0) return DIFFERENT;
    return isCertain ? 0 : NOT_WELL;
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    err.write(`dog-trainer diff: ${error.message}\n`);
    return 1;
  }
}
