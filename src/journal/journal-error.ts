/**
 * What went wrong with the journal:
 * - `locked`: another server has the directory
 * - `full`: it may not grow further (`queuejournal.max_bytes`)
 * - `write`: the disk refused (no space, an I/O error); what was asked for is not on disk
 * - `unusable`: the directory can't be made, read or written
 * - `closed`: the journal was closed
 */
export type JournalErrorCode = 'locked' | 'full' | 'write' | 'unusable' | 'closed';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;
  constructor(code: JournalErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** An unknown error's message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
