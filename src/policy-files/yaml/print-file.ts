import { Document, isMap, isPair, isScalar, isSeq, Scalar, visit } from 'yaml';
import { hiddenCharacter } from '../../model/hidden-characters.js';
import type { Json, JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';

/** Keys that come first, in this order; the others follow in that of the alphabet. */
const FIRST = [
  'format',
  'version',
  'id',
  'name',
  'description',
  'comment',
  'active',
  'action',
  'type',
  'environment',
  'group_type',
  'group',
  'service',
  'expect',
  'from',
  'to',
  'protocol',
  'port',
  'profile',
  'ruleset',
  'inbound',
  'outbound',
];
const PLACE: ReadonlyMap<string, number> = new Map(FIRST.map((key, index) => [key, index]));

/** Short lists that are read at a glance. */
const IN_ONE_LINE: ReadonlySet<string> = new Set(['states', 'ports']);
const LONGEST_LINE = 60;

function compareKeys(a: string, b: string): number {
  const [left, right] = [PLACE.get(a) ?? FIRST.length, PLACE.get(b) ?? FIRST.length];
  if (left !== right) return left - right;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The value with its keys in the order of files. */
function inFileOrder(value: Json): Json {
  if (isList(value)) return value.map(inFileOrder);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareKeys(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, inFileOrder(item)]));
}

/** The document as YAML nodes. */
export function fileNodes(document: JsonObject): Document {
  const nodes = new Document(inFileOrder(document), { aliasDuplicateObjects: false });
  styled(nodes);
  return nodes;
}

/** What holds characters that people can't see is quoted, so that they can be escaped; short lists stand in one line. */
function styled(nodes: Document): void {
  visit(nodes, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && hiddenCharacter(node.value.replaceAll('\n', ' ')) !== undefined)
        node.type = Scalar.QUOTE_DOUBLE;
    },
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || typeof key.value !== 'string' || !IN_ONE_LINE.has(key.value) || !isSeq(value)) return;
      const length = value.items.reduce<number>(
        (sum, item) => sum + (isScalar(item) ? String(item.value).length + 2 : LONGEST_LINE),
        0,
      );
      value.flow = length <= LONGEST_LINE && !isMap(value) && !value.items.some(isPair);
    },
  });
}

/**
 * The text of a file. Lines are not folded: an edit of a word is a change of its line. Characters that people can't see,
 * such as those that turn the direction of what follows, are escapes: a review must show what is there.
 */
export function printNodes(nodes: Document): string {
  return escapeAllHidden(nodes.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

/** They stand in double quotes, where YAML knows these escapes, and in comments. */
function escapeAllHidden(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
}

/** The text of a file of policy; `readFile` reads the same document from it. */
export function printFile(document: JsonObject): string {
  return printNodes(fileNodes(document));
}
