import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { Json } from '../../model/document.js';
import type { Path } from '../../model/validate.js';

/** A file that is no plain YAML; the message says what is wrong, `line` where. */
export class YamlFileError extends Error {
  override readonly name = 'YamlFileError';
  readonly line: number;
  constructor(line: number, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.line = line;
  }
}

/** A file that was read. */
export interface ReadFile {
  readonly document: Json;
  readonly nodes: Document;
  /** The line of the value at `path`, or of the nearest one around it that is there. */
  readonly lineOf: (path: Path) => number;
}

/** Lists and maps inside each other. */
const DEEPEST = 50;

/**
 * Reads YAML 1.2 that could as well be JSON: no tags, no anchors and aliases, each key once and a string, whole numbers
 * that are kept exactly.
 * @throws YamlFileError
 */
export function readFileText(text: string): ReadFile {
  const lines = new LineCounter();
  const nodes = parse(text, lines);
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const [fault] = [...nodes.errors, ...nodes.warnings];
  if (fault !== undefined) throw new YamlFileError(lineAt(fault.pos[0]), fault.message.split('\n')[0] ?? 'no YAML');
  const lineOfNode = (node: unknown): number => lineAt((node as Node | null | undefined)?.range?.[0] ?? 0);
  const document = jsonOf(nodes.contents, lineOfNode, 0);
  return { document, nodes, lineOf: (path) => lineOfNode(nodeAt(nodes.contents, path)) };
}

function parse(text: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, {
      lineCounter,
      version: '1.2',
      schema: 'core',
      merge: false,
      prettyErrors: false,
      uniqueKeys: false,
    });
  } catch (error) {
    // The parser calls itself for what is inside.
    if (error instanceof RangeError)
      throw new YamlFileError(1, 'lists and maps are too deep inside each other', { cause: error });
    throw error;
  }
}

function jsonOf(node: unknown, lineOf: (node: unknown) => number, depth: number): Json {
  if (node === null || node === undefined) return null;
  const wrong = (message: string): YamlFileError => new YamlFileError(lineOf(node), message);
  if (!isNode(node)) throw wrong('can not be read');
  if (isAlias(node)) throw wrong(`*${node.source} is an alias: write out what it stands for`);
  if (node.anchor !== undefined) throw wrong(`&${node.anchor} is an anchor: write out what its aliases stand for`);
  if (node.tag !== undefined) throw wrong(`${node.tag} is a tag, which has no meaning here`);
  if (depth > DEEPEST) throw wrong(`more than ${DEEPEST} lists and maps are inside each other`);
  if (isScalar(node)) return scalarOf(node.value, node.source, wrong);
  if (isSeq(node)) return node.items.map((item) => jsonOf(item, lineOf, depth + 1));
  if (!isMap(node)) throw wrong('can not be read');
  const entries = new Map<string, Json>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? keyOf(key.value, key.source) : undefined;
    if (name === undefined) throw new YamlFileError(lineOf(key), 'a key must be one word or a quoted string');
    if (entries.has(name)) throw new YamlFileError(lineOf(key), `the key ${JSON.stringify(name)} is there twice`);
    // The key itself may have an anchor or a tag.
    jsonOf(key, lineOf, depth + 1);
    entries.set(name, jsonOf(value, lineOf, depth + 1));
  }
  return Object.fromEntries(entries);
}

/** Keys such as `1` and `true` are the strings that they look like. */
function keyOf(value: unknown, source: string | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return source;
}

function scalarOf(value: unknown, source: string | undefined, wrong: (message: string) => YamlFileError): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value !== 'number') throw wrong(`${source ?? ''} can not be read`);
  if (!Number.isFinite(value)) throw wrong(`${source ?? ''} is no number that can be kept; quote it if it is a string`);
  const digits = source !== undefined && /^[-+]?\d+$/.test(source) ? source.replace(/^\+/, '') : undefined;
  // As JSON bodies are read: what a double prints again as it was written is kept.
  if (digits !== undefined && !Number.isSafeInteger(value) && digits !== String(value))
    throw wrong(`${digits} is too large to be kept exactly; quote it if it is a string`);
  return value;
}

function nodeAt(root: unknown, path: Path): unknown {
  let at = root;
  for (const key of path) {
    if (!isCollection(at)) return at;
    // A key stands at the beginning of its line; its value may begin on the next one.
    const pair = isMap(at) ? at.items.find((one) => isScalar(one.key) && String(one.key.value) === key) : undefined;
    const next = pair === undefined ? at.get(key, true) : isCollection(pair.value) ? pair.value : (pair.key as Node);
    if (next === undefined || next === null) return at;
    at = next;
  }
  return at;
}
