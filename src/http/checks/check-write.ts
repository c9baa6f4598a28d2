import type { Document, JsonObject } from '../../model/document.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import type { DocumentNeeds } from '../documents/document-needs.js';
import { violationError } from '../documents/violation-error.js';
import { needsOf } from './needs-of.js';

/**
 * Refuses a write that leads to sets or rules which the kernel would refuse (docs/rulesets.md#what-the-kernel-refuses),
 * naming the place and the reason. `before` is the stored document: what it holds already may stay, so that old data
 * can be corrected piece by piece. Resolves with the warnings of an accepted write. Throws `data_invalid`.
 */
export async function checkWrite(
  deps: DocumentNeeds,
  model: ResourceDeclaration,
  doc: JsonObject,
  before: Document | undefined,
): Promise<readonly WriteWarning[]> {
  const { finding, warnings = [] } = (await model.check?.(doc, before, needsOf(deps))) ?? {};
  if (finding) throw violationError(finding.violation, finding.more);
  return warnings;
}
