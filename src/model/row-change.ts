import type { Document } from './document.js';

/** A row as it was and as it is; `before` absent: created; `after` absent: removed. */
export interface RowChange {
  readonly id: string;
  readonly before?: Document;
  readonly after?: Document;
}
