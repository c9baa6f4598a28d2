import { type Document, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { canonicalText } from '../../model/validate.js';
import type { Json, JsonObject } from '../../model/document.js';
import { fileNodes } from './print-file.js';

/** The document as YAML nodes, with the comments and empty lines that `old` has at what is still there. */
export function withComments(document: JsonObject, old: Document): Document {
  const nodes = fileNodes(document);
  nodes.commentBefore = old.commentBefore;
  nodes.comment = old.comment;
  copyComments(old.contents, nodes.contents);
  return nodes;
}

function copyComments(from: unknown, to: unknown): void {
  if (!isNode(from) || !isNode(to)) return;
  const [source, target]: [Node, Node] = [from, to];
  if (source.commentBefore !== undefined) target.commentBefore = source.commentBefore;
  if (source.comment !== undefined) target.comment = source.comment;
  if (source.spaceBefore !== undefined) target.spaceBefore = source.spaceBefore;
  if (isMap(from) && isMap(to)) copyInMap(from, to);
  else if (isSeq(from) && isSeq(to)) copyInList(from, to);
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function copyInMap(from: YAMLMap, to: YAMLMap): void {
  const old = new Map(from.items.map((pair) => [keyText(pair.key), pair]));
  for (const { key, value } of to.items) {
    const pair = old.get(keyText(key));
    if (pair === undefined) continue;
    copyComments(pair.key, key);
    copyComments(pair.value, value);
  }
}

/** Items that are the same keep what is said of them, wherever they stand; of as many items, others keep their place. */
function copyInList(from: YAMLSeq, to: YAMLSeq): void {
  const places = new Map<string, number[]>();
  from.items.forEach((item, index) => {
    const text = textOfNode(item);
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else known.push(index);
  });
  const matched = to.items.map((item) => places.get(textOfNode(item))?.shift());
  const used = new Set(matched);
  to.items.forEach((item, index) => {
    const place = matched[index] ?? (from.items.length === to.items.length && !used.has(index) ? index : undefined);
    if (place !== undefined) copyComments(from.items[place], item);
  });
}

function textOfNode(node: unknown): string {
  return canonicalText(isNode(node) ? (node.toJSON() as Json) : null);
}
