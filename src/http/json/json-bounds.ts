/** How large a JSON value may be, apart from its bytes: larger ones cost too much time at every later step. */
export interface JsonBounds {
  /** Nested objects and lists; at most `MAX_DEPTH`. */
  readonly depth: number;
  /** All values together: strings, numbers, objects, lists and so on. */
  readonly values: number;
  /** Members of any one object. */
  readonly members: number;
  /** Characters of all strings and keys together; comments and blanks don't count. */
  readonly characters: number;
}

/** Deeper nesting is refused whatever is configured: so later walks over a document may recurse. */
export const MAX_DEPTH = 100;

/** For the files of operators, who have access to the machine anyway: only the depth is bounded. */
export const WIDE_BOUNDS: JsonBounds = { depth: MAX_DEPTH, values: Infinity, members: Infinity, characters: Infinity };

/** The configuration key of each bound. */
export const BOUND_KEYS: Readonly<Record<keyof JsonBounds, string>> = {
  depth: 'api.max_body_depth',
  values: 'api.max_body_values',
  members: 'api.max_object_members',
  characters: 'api.max_body_characters',
};
