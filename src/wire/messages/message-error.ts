/**
 * Why a message is refused: a label for counters, so the set is closed.
 * - `malformed_term`: no external term, or one beyond the limits (`cause` is the `TermError`).
 * - `malformed_envelope`: a term without the parts around the fields.
 * - `missing_field`, `wrong_type`, `too_large`, `bad_value`, `unknown_update_type`: the field named.
 */
export type RefusalReason =
  | 'malformed_term'
  | 'malformed_envelope'
  | 'missing_field'
  | 'wrong_type'
  | 'too_large'
  | 'bad_value'
  | 'unknown_update_type';

/** A message that can't be taken: the reason, the field (if it is one), and a sentence without the field's content. */
export class MessageError extends Error {
  override readonly name: string = 'MessageError';
  readonly reason: RefusalReason;
  readonly field: string | undefined;

  constructor(reason: RefusalReason, field: string | undefined, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
    this.field = field;
  }
}
