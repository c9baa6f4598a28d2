import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Document, Json, JsonObject } from './document.js';
import { byVariant, RULESET_VARIANTS, type RulesetVariantKey } from './ruleset-variants.js';

/** The keys of a group's rulesets, in the table's order. */
export const VARIANTS: readonly RulesetVariantKey[] = RULESET_VARIANTS.map(({ key }) => key);

/** A text for `iptables-restore`, and the hash that hosts report when they hold it. */
export interface RulesetText {
  readonly text: string;
  readonly hash: string;
}

export type RulesetTexts = Readonly<Record<RulesetVariantKey, RulesetText>>;

/**
 * Texts as they are kept, in memory and in table `ruleset_text`: once, however many groups have them, and packed. A text
 * is unpacked each time it is asked for.
 */
export interface StoredRuleset {
  /** Derived from the content: equal ids mean equal texts. */
  readonly id: string;
  readonly texts: RulesetTexts;
  /** Names of the sets that the texts name, in byte order. */
  readonly sets: readonly string[];
  /** `{id, sets, set4: {hash, packed}, …}`; `packed` is the text's UTF-8 bytes, raw deflate (RFC 1951), in base64. */
  readonly doc: Document;
}

/** Compressing harder costs more time than it saves space: rules are alike. */
const LEVEL = { level: 3 } as const;
const MOST_BYTES = { maxOutputLength: 256 << 20 } as const;

const deflate = promisify<string, typeof LEVEL, Buffer>(deflateRaw);

class PackedText implements RulesetText {
  readonly hash: string;
  readonly packed: string;
  /** What it was packed from, as long as somebody else holds that: it need not be unpacked to be sent at once. */
  readonly #from: WeakRef<RulesetText> | undefined;
  constructor(hash: string, packed: string, from?: RulesetText) {
    this.hash = hash;
    this.packed = packed;
    this.#from = from && new WeakRef(from);
  }
  get text(): string {
    if (this.packed === '') return '';
    return this.#from?.deref()?.text ?? inflateRawSync(Buffer.from(this.packed, 'base64'), MOST_BYTES).toString();
  }
}

/** SHA-256, in hex, over texts, hashes and names of sets, each with its length before it. */
export function rulesetId(texts: RulesetTexts, sets: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (text: string): void => void hash.update(`${Buffer.byteLength(text)}:`).update(text);
  for (const variant of VARIANTS) {
    add(texts[variant].hash);
    add(texts[variant].text);
  }
  sets.forEach(add);
  return hash.digest('hex');
}

function stored(
  id: string,
  packed: Readonly<Record<RulesetVariantKey, PackedText>>,
  sets: readonly string[],
): StoredRuleset {
  return {
    id,
    sets,
    texts: packed,
    doc: {
      id,
      sets,
      ...Object.fromEntries(
        VARIANTS.map((variant) => [variant, { hash: packed[variant].hash, packed: packed[variant].packed }]),
      ),
    },
  };
}

/** Longer texts, in characters, are packed in another thread. A text of 50 rules takes 0.1 ms; handing it over takes more. */
const LONG = 200_000;

function pack(from: RulesetText): PackedText {
  const { text, hash } = from;
  return new PackedText(hash, text === '' ? '' : deflateRawSync(text, LEVEL).toString('base64'), from);
}

async function packBeside(from: RulesetText): Promise<PackedText> {
  if (!isLong(from)) return pack(from);
  return new PackedText(from.hash, (await deflate(from.text, LEVEL)).toString('base64'), from);
}

/** Whether a text is so long that `packRuleset` packs it in another thread. */
export function isLong({ text }: RulesetText): boolean {
  return text.length >= LONG;
}

/** Packs texts, the long work in another thread. */
export async function packRuleset(texts: RulesetTexts, sets: readonly string[]): Promise<StoredRuleset> {
  const each: Partial<Record<RulesetVariantKey, PackedText>> = {};
  for (const variant of VARIANTS) each[variant] = await packBeside(texts[variant]);
  return stored(rulesetId(texts, sets), each as Record<RulesetVariantKey, PackedText>, sets);
}

/** The same synchronously, for callers that must not be interleaved. */
export function packRulesetSync(texts: RulesetTexts, sets: readonly string[]): StoredRuleset {
  return stored(
    rulesetId(texts, sets),
    byVariant('key', ({ key }) => pack(texts[key])),
    sets,
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function names(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}

/** Reads a row of `ruleset_text`; `undefined` unless it holds just what its id says. */
export function readRuleset(doc: JsonObject | undefined): StoredRuleset | undefined {
  if (doc === undefined || typeof doc.id !== 'string') return undefined;
  const packed: Partial<Record<RulesetVariantKey, PackedText>> = {};
  for (const variant of VARIANTS) {
    const part = doc[variant];
    if (!isObject(part) || typeof part.hash !== 'string' || typeof part.packed !== 'string') return undefined;
    packed[variant] = new PackedText(part.hash, part.packed);
  }
  const found = stored(doc.id, packed as Record<RulesetVariantKey, PackedText>, names(doc.sets));
  try {
    return rulesetId(found.texts, found.sets) === found.id ? found : undefined;
  } catch {
    // Content that does not unpack cannot match its id.
    return undefined;
  }
}

/** The texts that rows of `ruleset_output` held themselves before table `ruleset_text` was; `undefined`: it holds none. */
export function textsInRow(
  row: JsonObject | undefined,
): { readonly texts: RulesetTexts; readonly sets: readonly string[] } | undefined {
  const texts: Partial<Record<RulesetVariantKey, RulesetText>> = {};
  for (const variant of VARIANTS) {
    const part = row?.[variant];
    if (!isObject(part) || typeof part.hash !== 'string' || typeof part.text !== 'string') return undefined;
    texts[variant] = { text: part.text, hash: part.hash };
  }
  return { texts: texts as RulesetTexts, sets: names(row?.sets) };
}

/** Texts as members of a row, the opposite of `textsInRow`. */
export function rulesetInRow({ texts, sets }: StoredRuleset): JsonObject {
  return {
    sets,
    ...Object.fromEntries(
      VARIANTS.map((variant) => [variant, { text: texts[variant].text, hash: texts[variant].hash }]),
    ),
  };
}

/** A row that held texts, naming them instead. */
export function rowNaming(row: JsonObject & { readonly id: string }, id: string): Document {
  return {
    ...Object.fromEntries(
      Object.entries(row).filter(([key]) => key !== 'sets' && !VARIANTS.some((one) => one === key)),
    ),
    id: row.id,
    texts: id,
  };
}
