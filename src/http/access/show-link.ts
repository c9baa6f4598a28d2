import type { Document } from '../../model/document.js';
import { redact } from '../../store/redact.js';
import type { Call } from '../route.js';

/** A link as the caller may see it: its broker's password only with the scope `write`, or where no tokens are asked for. */
export function showLink({ seesSecrets }: Pick<Call, 'seesSecrets'>, link: Document): Document {
  return seesSecrets ? link : (redact('link', link) as Document);
}
