import { stat } from 'node:fs/promises';
import type { Json, JsonObject } from '../../model/document.js';
import { problemText, type PolicyProblem } from '../../policy-files/policy-problem.js';
import { CommandFailure } from '../cli-io.js';
import { readJsonFile } from '../read-json-file.js';

/** What is to be planned. */
export interface PlanTarget {
  /** The body of `POST /api/V2/plan`. */
  readonly body: JsonObject;
  /** A fault that the server found in a file, with the line where it is. */
  readonly faultText: (problem: PolicyProblem) => string;
}

export interface TargetFlags {
  readonly replace?: true;
  readonly reason?: string;
}

/** Reads a file of writes, a file that `export` wrote, or a directory of policy. @throws CommandFailure */
export async function readTarget(target: string, flags: TargetFlags): Promise<PlanTarget> {
  const reason = flags.reason === undefined ? {} : { reason: flags.reason };
  const replace = flags.replace === true;
  if (await isDirectory(target)) {
    const { readDirectory } = await import('../policy-directory/read-directory.js');
    const { files, lineOf } = await readDirectory(target);
    return {
      body: { files: files.map(({ path, document }) => ({ path, document })), replace, ...reason },
      faultText: (problem) => problemText(problem, lineOf(problem.file, problem.path)),
    };
  }
  const faultText = (problem: PolicyProblem): string => problemText(problem);
  const value: Json = await readJsonFile(target);
  if (Array.isArray(value)) {
    if (replace) throw new CommandFailure('--replace is for what `export` wrote, not for a list of writes');
    return { body: { writes: value as readonly Json[], ...reason }, faultText };
  }
  if (value === null || typeof value !== 'object')
    throw new CommandFailure(`${target} holds neither an exported policy nor a list of writes`);
  return { body: { policy: value, replace, ...reason }, faultText };
}

/** Whether a directory is there under this name. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What is not there is told when it is read as a file.
    return false;
  }
}
