/** How large a JSON value may be beside its bytes: what is over costs time out of proportion, at every later step too. */
export interface JsonBounds {
  /** Objects and lists inside each other; at most `MAX_DEPTH`. */
  readonly depth: number;
  /** Texts, numbers, objects, lists and so on, all together. */
  readonly values: number;
  /** Members of any one object. */
  readonly members: number;
  /** Characters of all texts and keys together; comments and blanks don't count. */
  readonly characters: number;
}

/** Deeper nesting is refused whatever is configured: every later walk over a document may then recurse without a thought. */
export const MAX_DEPTH = 100;

/** For what an operator brings in, who may open the files and sockets that it comes from: only its depth is bounded. */
export const WIDE_BOUNDS: JsonBounds = { depth: MAX_DEPTH, values: Infinity, members: Infinity, characters: Infinity };

/** The key of the configuration that each bound is set with. */
export const BOUND_KEYS: Readonly<Record<keyof JsonBounds, string>> = {
  depth: 'api.max_body_depth',
  values: 'api.max_body_values',
  members: 'api.max_object_members',
  characters: 'api.max_body_characters',
};
