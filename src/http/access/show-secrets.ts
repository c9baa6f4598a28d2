import type { Document } from '../../model/document.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { redact } from '../../store/redact.js';
import type { Call } from '../route.js';

/** A document as the caller may see it: its secrets only with the scope `write`, or where no tokens are required. */
export function showSecrets(
  { seesSecrets }: Pick<Call, 'seesSecrets'>,
  { name, hidesSecrets }: Pick<ResourceDeclaration, 'name' | 'hidesSecrets'>,
  doc: Document,
): Document {
  return hidesSecrets && !seesSecrets ? (redact(name, doc) as Document) : doc;
}
