/** What one configuration key may hold, as data: the checker, the error texts and the `Config` type all follow from it. */
export type KeySpec =
  | NumberSpec
  | (Common & { readonly type: 'boolean' })
  | (Common & { readonly type: 'choice'; readonly values: readonly string[] })
  | (Common & TextLike & { readonly type: 'text' })
  | (Common & TextLike & { readonly type: 'texts' })
  | (Common & { readonly type: 'path' })
  | (Common & { readonly type: 'url'; readonly schemes: readonly string[] })
  | (Common & { readonly type: 'urls'; readonly schemes: readonly string[] })
  | (Common & { readonly type: 'anything' });

interface Common {
  /** May be left out (null or empty in YAML); the value is then `undefined`. */
  readonly optional?: true;
  /** When left out, the loader derives it (`resolveDerived`), so `Config` always has it. */
  readonly derived?: true;
  /** Never shown: not in errors, not by `config show`, not in logs. */
  readonly secret?: true;
  /** A key of the Erlang server without meaning here: accepted, not in `Config`; the reason is printed in a warning. */
  readonly ignored?: string;
  /** Unit of the value, as the errors print it. */
  readonly unit?: string;
}

interface NumberSpec extends Common {
  readonly type: 'integer' | 'number';
  readonly min: number;
  readonly max?: number;
}

interface TextLike {
  /** The whole string must match (in a list, each string). */
  readonly pattern?: RegExp;
  /** `pattern` in words, following "must be". */
  readonly shape?: string;
}

/** A section of keys. No section has a key called `type`, which tells sections and keys apart. */
export interface SpecTree {
  readonly [name: string]: KeySpec | SpecTree;
}

/** Whether a node of the schema is a key rather than a section. */
export function isKey(node: KeySpec | SpecTree): node is KeySpec {
  return typeof (node as { type?: unknown }).type === 'string';
}

/** The value type of a key. */
export type ValueOf<K extends KeySpec> = K extends { readonly optional: true } ? Plain<K> | undefined : Plain<K>;

type Plain<K extends KeySpec> = K extends { readonly type: 'integer' | 'number' }
  ? number
  : K extends { readonly type: 'boolean' }
    ? boolean
    : K extends { readonly type: 'choice'; readonly values: readonly (infer V)[] }
      ? V
      : K extends { readonly type: 'texts' | 'urls' }
        ? readonly string[]
        : K extends { readonly type: 'text' | 'path' | 'url' }
          ? string
          : never;

/** The frozen object that a schema describes; ignored keys are left out of it. */
export type ConfigOf<T> = {
  readonly [K in keyof T as T[K] extends { readonly ignored: string } ? never : K]: T[K] extends KeySpec
    ? ValueOf<T[K]>
    : ConfigOf<T[K]>;
};

/** Every key of a schema by its dotted name, in order. */
export function flattenSpec(tree: SpecTree, prefix = ''): ReadonlyMap<string, KeySpec> {
  const keys = new Map<string, KeySpec>();
  for (const [name, node] of Object.entries(tree)) {
    if (isKey(node)) keys.set(prefix + name, node);
    else for (const [inner, spec] of flattenSpec(node, `${prefix}${name}.`)) keys.set(inner, spec);
  }
  return keys;
}
