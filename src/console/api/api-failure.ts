import type { JsonObject } from '../../model/document.js';

/** An answer that is a refusal, or none at all (`status` 0, `code` `no_answer`). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** Of docs/errors.md; `no_answer` where none came. */
  readonly code: string;
  /** All that the server said. */
  readonly body: JsonObject;

  constructor(status: number, code: string, message: string, body: JsonObject = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}
