/**
 * Why a message is refused. A closed set, because it is a label of counters.
 * - `malformed_term`: not an external term, or one beyond the limits (`cause` is the `TermError`).
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

/** A refused message: the reason, the field (if one is at fault), and a sentence without the field's content. */
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
