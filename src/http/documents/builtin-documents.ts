import type { JsonObject } from '../../model/document.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { existsError } from './commit.js';

type WithBuiltins = Pick<ResourceDeclaration, 'builtins'>;

/** Whether a document of that id is built in: it can be read, but not changed or removed. */
export function isBuiltinId({ builtins }: WithBuiltins, id: unknown): boolean {
  return builtins?.ids.some((each) => each === id) === true;
}

/** Whether a built-in document has the name. */
export function isBuiltinName({ builtins }: WithBuiltins, name: unknown): name is string {
  return builtins?.names.some((each) => each === name) === true;
}

/** Throws 409 where a new document takes a built-in id or name (docs/http-api.md#built-in-documents). */
export function refuseBuiltin(model: WithBuiltins, { id, name }: JsonObject): void {
  if (isBuiltinName(model, name)) throw existsError('name', name);
  if (typeof id === 'string' && isBuiltinId(model, id)) throw existsError('id', id);
}
