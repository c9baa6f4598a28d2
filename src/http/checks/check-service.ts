import type { Document, JsonObject } from '../../model/document.js';
import type { Deps } from '../deps.js';
import type { Finding } from './finding.js';

/** The first ruleset that a changed service would break. */
export async function checkService(
  _deps: Deps,
  _doc: JsonObject,
  _before: Document | undefined,
): Promise<Finding | undefined> {
  return undefined;
}
