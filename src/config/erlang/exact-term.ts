/** An Erlang term with all that Erlang tells apart: string and binary, integer and float. */
export type ExactTerm =
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  /** A list of characters, written as a string. */
  | { readonly kind: 'string'; readonly text: string }
  | BitsTerm
  | { readonly kind: 'list'; readonly items: readonly ExactTerm[] }
  /** `[a, b | c]` */
  | { readonly kind: 'improper'; readonly items: readonly ExactTerm[]; readonly tail: ExactTerm }
  | { readonly kind: 'tuple'; readonly items: readonly ExactTerm[] }
  /** As written: when a key is given twice, Erlang takes the last. */
  | { readonly kind: 'map'; readonly entries: readonly (readonly [ExactTerm, ExactTerm])[] }
  | { readonly kind: 'fun'; readonly module: string; readonly name: string; readonly arity: number };

/** A binary, or a bitstring when `size` (in bits) is no multiple of 8: then the last byte holds the rest, leftmost. */
export interface BitsTerm {
  readonly kind: 'bits';
  readonly bytes: Uint8Array;
  readonly size: number;
}
