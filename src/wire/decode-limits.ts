/** Bounds on decoding a term. Each is checked before anything of that size is allocated. */
export interface DecodeLimits {
  /** Bytes of the message. */
  readonly maxBytes: number;
  /** Bytes of a compressed term once inflated. */
  readonly maxInflatedBytes: number;
  /** Nested lists, tuples and maps. */
  readonly maxDepth: number;
  /** All terms, map keys included. Bytes of binaries and of charlists are not terms. */
  readonly maxTerms: number;
}

/** For messages from agents: real reports have a hundred terms and 4 kB. Chosen so that no message takes over 50 ms. */
export const MESSAGE_LIMITS: DecodeLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxInflatedBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxTerms: 16_384,
};

/** For files that an operator inspects, and for rulesets and sets of any size that a broker carries. */
export const LARGE_LIMITS: DecodeLimits = {
  maxBytes: 128 * 1024 * 1024,
  maxInflatedBytes: 128 * 1024 * 1024,
  maxDepth: 256,
  maxTerms: 4_000_000,
};

/** Longest integer: 64 kB are half a million bits, far beyond any message, and still quick to convert. */
export const MAX_INTEGER_BYTES = 65_536;

/** Erlang's own bound on the characters of an atom. */
export const MAX_ATOM_CHARACTERS = 255;
