import { addSegmentType, writeSegment } from './bit-segment.js';
import type { SegmentTypes } from './bit-segment.js';
import { BitWriter } from './bit-writer.js';
import type { BitsTerm, ExactTerm } from './exact-term.js';
import { Scanner } from './scanner.js';
import type { Token } from './scanner.js';
import { foundAt, syntaxErrorAt } from './syntax-error.js';

const MAX_DEPTH = 100;
const MOST_MADE_BYTES = 64 * 1024 * 1024;

/** Reads terms, each ended by a dot, as erl_parse takes them for file:consult. */
export class Parser {
  readonly #text: string;
  readonly #scanner: Scanner;
  #token: Token;
  #madeBytes = 0;

  constructor(text: string, hashComments: boolean) {
    this.#text = text;
    this.#scanner = new Scanner(text, hashComments);
    this.#token = this.#scanner.token(0);
  }

  /** The offset of what is read next. */
  get at(): number {
    return this.#token.at;
  }

  atEnd(): boolean {
    return this.#token.type === 'end';
  }

  /** The next term and its dot. */
  form(): ExactTerm {
    const term = this.#term(0);
    if (this.#token.type !== 'dot') throw this.wrong('"." at the end of the term');
    this.#next();
    return term;
  }

  wrong(wanted: string, at = this.#token.at) {
    return syntaxErrorAt(this.#text, at, `expected ${wanted}, found ${foundAt(this.#text, at)}`);
  }

  #term(depth: number): ExactTerm {
    if (depth > MAX_DEPTH) throw this.wrong(`at most ${MAX_DEPTH} levels of nesting`);
    const token = this.#token;
    switch (token.type) {
      case 'atom':
        this.#next();
        return { kind: 'atom', name: token.text };
      case 'integer':
      case 'character':
        this.#next();
        return { kind: 'integer', value: token.value };
      case 'float':
        this.#next();
        return { kind: 'float', value: token.value };
      case 'string':
        return this.#strings();
      case 'binary': {
        this.#next();
        const bytes = Buffer.from(token.text, 'utf8');
        return { kind: 'bits', bytes, size: bytes.length * 8 };
      }
      case 'word':
        if (token.text === 'fun') return this.#fun();
        throw this.wrong(`a term (${token.text} is a reserved word: as an atom it is '${token.text}')`);
      case 'variable':
        throw this.wrong("a term (a name with a capital is a variable: an atom is in lower case or in '')");
      case 'sign':
        return this.#composed(token.text, depth);
      case 'dot':
      case 'end':
        throw this.wrong('a term');
    }
  }

  #composed(sign: string, depth: number): ExactTerm {
    switch (sign) {
      case '(': {
        this.#next();
        const term = this.#term(depth + 1);
        this.#expect(')');
        return term;
      }
      case '[':
        return this.#list(depth);
      case '{':
        this.#next();
        return { kind: 'tuple', items: this.#until('}', () => this.#term(depth + 1)) };
      case '#':
        return this.#map(depth);
      case '<<':
        return this.#binary(depth);
      case '-':
      case '+':
        return this.#signed(sign);
      case '<':
        throw this.wrong('a term (a process has no written form)');
      case '?':
        throw this.wrong('a term (macros are not known here)');
      default:
        throw this.wrong('a term');
    }
  }

  #strings(): ExactTerm {
    const pieces: string[] = [];
    const sigil = this.#text[this.#token.at] === '~';
    while (this.#token.type === 'string') {
      // A sigil's string stands alone.
      if (pieces.length > 0 && (sigil || this.#text[this.#token.at] === '~')) break;
      pieces.push(this.#token.text);
      this.#next();
    }
    return { kind: 'string', text: pieces.join('') };
  }

  /** A sign, perhaps followed by blanks, then a number, perhaps in parentheses. */
  #signed(sign: string): ExactTerm {
    this.#next();
    let open = 0;
    for (; this.#is('('); open++) this.#next();
    const token = this.#token;
    if (token.type !== 'integer' && token.type !== 'character' && token.type !== 'float') {
      throw this.wrong(`a number after ${sign}`);
    }
    this.#next();
    for (; open > 0; open--) this.#expect(')');
    const minus = sign === '-';
    if (token.type === 'float') return { kind: 'float', value: minus ? -token.value : token.value };
    return { kind: 'integer', value: minus ? -token.value : token.value };
  }

  #list(depth: number): ExactTerm {
    this.#next();
    const items: ExactTerm[] = [];
    if (this.#take(']')) return { kind: 'list', items };
    for (;;) {
      items.push(this.#term(depth + 1));
      if (this.#take(']')) return { kind: 'list', items };
      if (this.#take('|')) break;
      if (!this.#take(',')) throw this.wrong('"," or "]"');
    }
    const tail = this.#term(depth + 1);
    this.#expect(']');
    return joined(items, tail);
  }

  #map(depth: number): ExactTerm {
    const start = this.#token.at;
    this.#next();
    if (!this.#is('{')) {
      const what = this.#token.type === 'atom' ? 'a record is known to its module only' : 'a map is #{key => value}';
      throw this.wrong(`a term (${what})`, start);
    }
    this.#next();
    const entries = this.#until('}', (): readonly [ExactTerm, ExactTerm] => {
      const key = this.#term(depth + 1);
      this.#expect('=>');
      return [key, this.#term(depth + 1)];
    });
    return { kind: 'map', entries };
  }

  #fun(): ExactTerm {
    const start = this.#token.at;
    this.#next();
    const module = this.#atomOf(start);
    this.#expect(':');
    const name = this.#atomOf(start);
    this.#expect('/');
    const arity = this.#token;
    if (arity.type !== 'integer' || arity.value > 255n) throw this.wrong('a number of arguments up to 255');
    this.#next();
    return { kind: 'fun', module, name, arity: Number(arity.value) };
  }

  #atomOf(start: number): string {
    const token = this.#token;
    if (token.type !== 'atom') throw this.wrong('fun Module:Name/Arity', start);
    this.#next();
    return token.text;
  }

  #binary(depth: number): BitsTerm {
    const start = this.#token.at;
    this.#next();
    const out = new BitWriter();
    this.#until('>>', () => {
      this.#segment(out, depth);
    });
    const bytes = out.bytes();
    this.#madeBytes += bytes.length;
    if (this.#madeBytes > MOST_MADE_BYTES) throw this.wrong('binaries that are smaller', start);
    return { kind: 'bits', bytes, size: out.size };
  }

  #segment(out: BitWriter, depth: number): void {
    const start = this.#token.at;
    if (this.#is('#') || this.#is('[') || this.#is('{')) throw this.wrong('a number, a string or a binary');
    const value = this.#term(depth + 1);
    let size: number | undefined;
    if (this.#take(':')) {
      const at = this.#token.at;
      if (this.#is('-') || this.#is('+')) throw this.wrong('a size in bits');
      const term = this.#term(depth + 1);
      if (term.kind !== 'integer' || term.value < 0n) throw this.wrong('a size in bits', at);
      size = Number(term.value);
    }
    const types: SegmentTypes = {};
    if (this.#take('/')) {
      do this.#segmentType(types);
      while (this.#take('-'));
    }
    const wanted = writeSegment(out, value, size, types);
    if (wanted !== undefined) throw this.wrong(wanted, start);
  }

  #segmentType(types: SegmentTypes): void {
    const token = this.#token;
    if (token.type !== 'atom') throw this.wrong('a type such as little-integer-unit:8');
    this.#next();
    let unit: number | undefined;
    if (token.text === 'unit') {
      this.#expect(':');
      if (this.#token.type !== 'integer') throw this.wrong('a unit from 1 to 256');
      unit = Number(this.#token.value);
      this.#next();
    }
    if (!addSegmentType(types, token.text, unit)) {
      throw this.wrong('a type such as little-integer-unit:8, each part once', token.at);
    }
  }

  #until<Item>(close: string, item: () => Item): readonly Item[] {
    const items: Item[] = [];
    if (this.#take(close)) return items;
    for (;;) {
      items.push(item());
      if (this.#take(close)) return items;
      if (!this.#take(',')) throw this.wrong(`"," or "${close}"`);
    }
  }

  #is(sign: string): boolean {
    return this.#token.type === 'sign' && this.#token.text === sign;
  }

  #take(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#next();
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.wrong(`"${sign}"`);
  }

  #next(): void {
    this.#token = this.#scanner.token(this.#token.end);
  }
}

/** `[a | [b]]` is `[a, b]`. */
function joined(items: readonly ExactTerm[], tail: ExactTerm): ExactTerm {
  switch (tail.kind) {
    case 'list':
      return { kind: 'list', items: [...items, ...tail.items] };
    case 'improper':
      return { kind: 'improper', items: [...items, ...tail.items], tail: tail.tail };
    case 'string': {
      const characters = Array.from(tail.text, (one): ExactTerm => {
        return { kind: 'integer', value: BigInt(one.codePointAt(0) ?? 0) };
      });
      return { kind: 'list', items: [...items, ...characters] };
    }
    default:
      return { kind: 'improper', items, tail };
  }
}
