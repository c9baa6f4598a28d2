import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of a file that was put together from many: where lines are from (`script/bundle.mjs`). */
interface SourceLines {
  readonly sources: readonly string[];
  /** Three numbers a run, by line: its first line there, which source, its first line in that; the rest count on. */
  readonly runs: readonly number[];
}

/** What the types of Node leave out. */
interface Site extends NodeJS.CallSite {
  toString(): string;
}

const PLACE = /(?:file:\/\/)?\/[^\s()]*\/(main[\w-]*\.js):(\d+):\d+/;

/**
 * Has stacks of errors name the files and lines of the sources, `src/http/api.ts:12`, although the program runs from few files
 * (docs/architecture.md#from-few-files). What those lines are is read when the first stack is looked at; where that is not
 * known, a stack is as Node writes it. Node's own reading of source maps takes half a second at the first error.
 * @param directory URL of where the files are
 */
export function nameSources(directory: URL): void {
  const known = new Map<string, SourceLines | undefined>();
  const linesOf = (file: string): SourceLines | undefined => {
    if (!known.has(file)) known.set(file, readLines(fileURLToPath(new URL(`${file}.lines.json`, directory))));
    return known.get(file);
  };
  const named = (place: string, file: string, line: string): string => {
    const lines = linesOf(file);
    return (lines && sourceOf(lines, Number(line))) ?? place;
  };
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...(sites as Site[]).map((site) => `    at ${site.toString().replace(PLACE, named)}`)].join('\n');
}

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function readLines(path: string): SourceLines | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SourceLines;
  } catch {
    return undefined;
  }
}

/** `FILE:LINE` of the last run that begins at or before the line. */
function sourceOf({ sources, runs }: SourceLines, line: number): string | undefined {
  let [from, to] = [0, runs.length / 3];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((runs[middle * 3] as number) <= line) from = middle + 1;
    else to = middle;
  }
  const [first, source, there] = runs.slice((from - 1) * 3, from * 3);
  if (first === undefined || source === undefined || there === undefined) return undefined;
  return `${sources[source]}:${there + line - first}`;
}
