import type { Json, Table } from '../model/document.js';

/** A change of one document, as `GET /api/V2/audit` answers it (docs/http-api.md#other-routes). */
export type AuditLine = {
  /** Counts up; `before=` takes it. */
  readonly seq: number;
  /** Epoch seconds. */
  readonly time: number;
  readonly author: string;
  readonly resource: Table;
  readonly id: string;
  /** The document; null: it was not there. */
  readonly before: Json;
  /** Null: it was removed. */
  readonly after: Json;
};
