import type { Json } from '../model/document.js';
import { isObject } from '../model/validate.js';
import type { PolicyFileDocument } from './kinds.js';
import type { PolicyProblem } from './policy-problem.js';

/** The file that says that a directory holds policy. */
export const HEAD = 'dog-policy.yaml';
const FORMAT = 'dog-trainer policy directory';
/** Grows when a reader of this version would misread newer files. */
const VERSION = 1;

export function headFile(dialect: 'dog1' | 'dog2' | undefined): PolicyFileDocument {
  return {
    path: HEAD,
    document: { format: FORMAT, version: VERSION, ...(dialect === undefined ? {} : { ruleset_dialect: dialect }) },
  };
}

/** What is wrong with that file; `dialect`: of the server that is to take the files. */
export function headProblems(
  files: readonly { readonly path: string; readonly document: Json }[],
  dialect: 'dog1' | 'dog2',
): readonly PolicyProblem[] {
  const head = files.find(({ path }) => path === HEAD)?.document;
  const wrong = (path: PolicyProblem['path'], reason: string): readonly PolicyProblem[] => [
    { file: HEAD, path, reason },
  ];
  if (head === undefined)
    return wrong([], `is not there: is it a directory that \`dog-trainer export --format yaml\` wrote?`);
  if (!isObject(head)) return wrong([], 'must be a map');
  const { format, version, ruleset_dialect: wanted, ...more } = head;
  if (format !== FORMAT) return wrong(['format'], `must be ${FORMAT}`);
  if (version !== VERSION)
    return wrong(['version'], `is ${JSON.stringify(version ?? null)}; this server knows version ${VERSION}`);
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return wrong([unknown], 'is not known; there are format, version and ruleset_dialect');
  if (wanted !== undefined && wanted !== 'dog1' && wanted !== 'dog2')
    return wrong(['ruleset_dialect'], 'must be dog1 or dog2');
  if (wanted !== undefined && wanted !== dialect)
    return wrong(
      ['ruleset_dialect'],
      `is ${wanted}, and this server compiles ${dialect}: the same policy would become other rules; leave it out if that is meant`,
    );
  return [];
}
