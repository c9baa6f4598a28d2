import type { JsonSchema } from '../model/json-schema.js';

/** The longest id that a path can name (docs/http-api.md#documents: longer ones are 404). */
export const MAX_ID_LENGTH = 127;

/** `id`: normally a UUID that the store makes; a client may choose its own, as long as a path can name it. */
export const idSchema: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  pattern: '^(?!\\.{1,2}$)\\P{C}+$',
};
