/**
 * Bytes that are not an external term, or one beyond the limits. The message says where, what was found and what is
 * allowed.
 */
export class TermError extends Error {
  override readonly name = 'TermError';
  /** Index of the offending byte; in the inflated bytes when `compressed`. */
  readonly offset: number;
  readonly found: string;
  readonly allowed: string;
  readonly compressed: boolean;

  constructor(offset: number, found: string, allowed: string, options: { compressed?: boolean; cause?: unknown } = {}) {
    const place = options.compressed === true ? `byte ${offset} of the inflated term` : `byte ${offset}`;
    super(`${place}: ${found}; allowed: ${allowed}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.offset = offset;
    this.found = found;
    this.allowed = allowed;
    this.compressed = options.compressed ?? false;
  }
}
