import type { Path } from '../model/validate.js';

/** One fault of a directory of policy: in which file, where in it, and what would be right. */
export interface PolicyProblem {
  readonly file: string;
  /** Keys and indexes to the value; empty: the file as a whole. */
  readonly path: Path;
  readonly reason: string;
}

/** Files that can't be taken; nothing was made of them. */
export class PolicyFilesError extends Error {
  override readonly name = 'PolicyFilesError';
  /** At least one. */
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    const [first] = problems;
    const more = problems.length > 1 ? `; and ${problems.length - 1} more` : '';
    super(`${first === undefined ? 'files can not be taken' : problemText(first)}${more}`);
    this.problems = problems;
  }
}

/** `line`: of the value in the file, where that is known. */
export function problemText({ file, path, reason }: PolicyProblem, line?: number): string {
  const where = line === undefined ? file : `${file}, line ${line}`;
  return `${where}: ${path.length === 0 ? '' : `${path.join('.')}: `}${reason}`;
}
