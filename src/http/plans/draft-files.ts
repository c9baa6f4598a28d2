import type { Document, Json, JsonObject, Resource } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { isList, isObject, type Path } from '../../model/validate.js';
import { policyOfFiles, type ReadPolicy, type SentFile } from '../../policy-files/files-to-policy.js';
import { type Kind, KINDS, type PolicyDocuments, REFERENCES } from '../../policy-files/kinds.js';
import { PolicyFilesError, type PolicyProblem } from '../../policy-files/policy-problem.js';
import { declarationOf, RESOURCE_NAMES } from '../../resources/resources.js';
import { draftStore } from '../../store/draft-store.js';
import { importPolicy } from '../../transfer/import-policy.js';
import type { PolicyFile } from '../../transfer/policy-file.js';
import { checkSlices } from '../checks/check-slices.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { checkRows, type RefusedRow } from './check-rows.js';
import { draftCall, type Drafted } from './draft-writes.js';
import { violationText } from './violation-text.js';

/** Faults that one answer lists. */
const PROBLEMS_MAX = 50;

/**
 * Makes the documents of a directory of policy in a draft (docs/policy-files.md): names become ids by what the store
 * holds, and each document that changes is checked as a write of it would be. `replace`: what no file holds is removed,
 * of the kinds that files hold. Throws 400 with all `problems`.
 */
export async function draftFiles(call: Call, sent: Json | undefined, replace: boolean): Promise<Drafted> {
  const files = readSent(sent);
  const draft = draftStore(call.deps.store);
  const there = await everything(call);
  let read: ReadPolicy;
  try {
    read = await checkSlices.run(
      policyOfFiles(files, { documents: there, dialect: call.deps.runtime.dialect(), replace }),
    );
  } catch (error) {
    if (error instanceof PolicyFilesError) throw problemsError(error.problems);
    throw error;
  }
  const stored = storedForms(call, read.documents, there);
  const file: PolicyFile = { exportedAt: call.now, resources: { ...there, ...stored } };
  const { clashes } = await importPolicy(draft, file, { author: call.author, dryRun: false, replace });
  if (clashes.length > 0)
    throw problemsError(
      clashes.map(({ resource, id, field, value, holder }) => ({
        file: read.fileOf(resource as Kind, id) ?? '',
        path: [field],
        reason: `${JSON.stringify(value)} is the ${field} of ${resource} ${holder}, which no file holds`,
      })),
    );
  const refused = await checkRows(draftCall(call, draft, { version: 'v2' }), draft.rows(), PROBLEMS_MAX);
  if (refused.length > 0) throw problemsError(refused.map((row) => problemOf(row, read)));
  return { draft, writes: [], checked: true };
}

function readSent(sent: Json | undefined): readonly SentFile[] {
  if (!isList(sent)) throw new ApiError('bad_request', { reason: 'files must be a list of {"path", "document"}' });
  return sent.map((one, index) => {
    const { path, document } = isObject(one) ? one : {};
    if (typeof path !== 'string' || document === undefined)
      throw new ApiError('bad_request', {
        reason: `files[${index}] must be {"path": "zones/NAME.yaml", "document": …}`,
      });
    return { path, document };
  });
}

async function everything({ deps }: Call): Promise<Readonly<Record<Resource, readonly Document[]>>> {
  const all: Partial<Record<Resource, readonly Document[]>> = {};
  for (const name of RESOURCE_NAMES) all[name] = (await deps.store.list(name)).map(({ doc }) => doc);
  return all as Record<Resource, readonly Document[]>;
}

/** The documents as a write would store them: new ones completed, changed ones as an update leaves them. */
function storedForms(call: Call, documents: PolicyDocuments, there: PolicyDocuments): PolicyDocuments {
  return Object.fromEntries(
    KINDS.map((kind) => {
      const known = new Map(there[kind].map((doc) => [doc.id, doc]));
      const model = declarationOf(kind);
      const form = (doc: Document): JsonObject => {
        const before = known.get(doc.id);
        if (before === undefined) return model.complete(doc, call.now, 'v2');
        return sameJson(before, doc) ? before : (model.touch?.(doc, call.now) ?? doc);
      };
      return [kind, documents[kind].map(form)];
    }),
  ) as unknown as PolicyDocuments;
}

/** A refusal of a document as a fault of its file. */
function problemOf({ table, id, error }: RefusedRow, read: ReadPolicy): PolicyProblem {
  const kind = table as Kind;
  const file = read.fileOf(kind, id) ?? `${table} ${id}`;
  const { path } = error.body;
  return { file, path: pathInFile(kind, isList(path) ? (path as Path) : []), reason: violationText(error) };
}

function pathInFile(kind: Kind, path: Path): Path {
  const reference = REFERENCES[kind];
  return path.map((key, index) => (index === 0 && key === reference?.field ? reference.called : key));
}

function problemsError(problems: readonly PolicyProblem[]): ApiError {
  const reason = new PolicyFilesError(problems).message;
  const listed = problems.slice(0, PROBLEMS_MAX).map(({ file, path, reason: why }) => ({ file, path, reason: why }));
  return new ApiError('bad_request', { reason }, { body: { problems: listed, problem_count: problems.length } });
}
