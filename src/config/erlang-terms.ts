/** An Erlang term as written in a configuration file. Strings and binaries are both `text`. */
export type ErlangTerm =
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'list'; readonly items: readonly ErlangTerm[] }
  | { readonly kind: 'tuple'; readonly items: readonly ErlangTerm[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [ErlangTerm, ErlangTerm])[] };

/** The text is no Erlang term; `message` says what was found, `line` counts from 1. */
export class ErlangSyntaxError extends Error {
  override readonly name = 'ErlangSyntaxError';
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

const MAX_DEPTH = 100;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\u001b',
  s: ' ',
  d: '\u007f',
  '0': '\0',
};

/**
 * Reads one term ended by a dot, as in a sys.config (file:consult/1). Comments begin with `%`, or with `#` where that
 * is not part of a term (`#{` and `16#ff` are), and go to the end of the line.
 * @throws ErlangSyntaxError
 */
export function parseErlangTerm(text: string): ErlangTerm {
  const parser = new Parser(text);
  const term = parser.term(0);
  parser.expect('.');
  if (!parser.atEnd()) throw parser.wrong('the end of the file after the dot');
  return term;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  expect(sign: string): void {
    this.#skip();
    if (!this.#text.startsWith(sign, this.#at)) throw this.wrong(`"${sign}"`);
    this.#at += sign.length;
  }

  wrong(wanted: string): ErlangSyntaxError {
    const found = this.#text.slice(this.#at, this.#at + 12).split('\n')[0] ?? '';
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new ErlangSyntaxError(
      line,
      `expected ${wanted}, found ${found === '' ? 'the end of the line or file' : JSON.stringify(found)}`,
    );
  }

  term(depth: number): ErlangTerm {
    if (depth > MAX_DEPTH) throw this.wrong(`at most ${MAX_DEPTH} levels of nesting`);
    this.#skip();
    const rest = (pattern: RegExp) => this.#match(pattern);
    if (this.#take('[')) return { kind: 'list', items: this.#items(']', depth) };
    if (this.#take('{')) return { kind: 'tuple', items: this.#items('}', depth) };
    if (this.#take('#{')) return { kind: 'map', entries: this.#entries(depth) };
    if (this.#take('<<')) return { kind: 'text', text: this.#binary(depth) };
    if (this.#peek('"')) return { kind: 'text', text: this.#strings() };
    if (this.#peek("'")) return { kind: 'atom', name: this.#quoted("'") };
    const based = rest(/([+-]?)(\d{1,2})#([0-9a-zA-Z]+)/y);
    if (based !== undefined)
      return this.#number(Number.parseInt(based[3] ?? '', Number(based[2])) * (based[1] === '-' ? -1 : 1));
    const number = rest(/[+-]?\d+(_\d+)*(\.\d+([eE][+-]?\d+)?)?/y);
    if (number !== undefined) return this.#number(Number(number[0].replaceAll('_', '')));
    const character = rest(/\$(\\?[\s\S])/y);
    if (character !== undefined) return this.#number(unescape(character[1] ?? '').codePointAt(0) ?? 0);
    const atom = rest(/[a-z][A-Za-z0-9_@]*/y);
    if (atom !== undefined) return { kind: 'atom', name: atom[0] };
    throw this.wrong('a term');
  }

  #number(value: number): ErlangTerm {
    if (!Number.isFinite(value)) throw this.wrong('a number');
    return { kind: 'number', value };
  }

  #items(end: string, depth: number): readonly ErlangTerm[] {
    const items: ErlangTerm[] = [];
    this.#skip();
    if (this.#take(end)) return items;
    for (;;) {
      items.push(this.term(depth + 1));
      this.#skip();
      if (this.#take(end)) return items;
      if (!this.#take(',')) throw this.wrong(`"," or "${end}"`);
    }
  }

  #entries(depth: number): readonly (readonly [ErlangTerm, ErlangTerm])[] {
    const entries: [ErlangTerm, ErlangTerm][] = [];
    this.#skip();
    if (this.#take('}')) return entries;
    for (;;) {
      const key = this.term(depth + 1);
      this.expect('=>');
      entries.push([key, this.term(depth + 1)]);
      this.#skip();
      if (this.#take('}')) return entries;
      if (!this.#take(',')) throw this.wrong('"," or "}"');
    }
  }

  #binary(depth: number): string {
    let text = '';
    this.#skip();
    if (this.#take('>>')) return text;
    for (;;) {
      const part = this.term(depth + 1);
      if (part.kind === 'text') text += part.text;
      else if (part.kind === 'number' && part.value >= 0 && part.value < 256) text += String.fromCharCode(part.value);
      else throw this.wrong('a string or a byte in a binary');
      this.#match(/\s*\/utf8/y);
      this.#skip();
      if (this.#take('>>')) return text;
      if (!this.#take(',')) throw this.wrong('"," or ">>"');
    }
  }

  /** Strings side by side are one. */
  #strings(): string {
    let text = '';
    while (this.#peek('"')) {
      text += this.#quoted('"');
      this.#skip();
    }
    return text;
  }

  #quoted(mark: string): string {
    const start = this.#at;
    let at = start + 1;
    while (at < this.#text.length && this.#text[at] !== mark) at += this.#text[at] === '\\' ? 2 : 1;
    if (at >= this.#text.length) throw this.wrong(`a closing ${mark}`);
    this.#at = at + 1;
    return this.#text
      .slice(start + 1, at)
      .replace(/\\(x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|[0-7]{1,3}|\^?[\s\S])/g, unescape);
  }

  #peek(sign: string): boolean {
    return this.#text.startsWith(sign, this.#at);
  }

  #take(sign: string): boolean {
    if (!this.#peek(sign)) return false;
    this.#at += sign.length;
    return true;
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match !== null) this.#at = sticky.lastIndex;
    return match ?? undefined;
  }

  #skip(): void {
    this.#match(/(?:\s+|%[^\n]*|#(?!\{)[^\n]*)*/y);
  }
}

function unescape(sequence: string): string {
  if (!sequence.startsWith('\\')) return sequence;
  const body = sequence.slice(1);
  const hex = /^x\{?([0-9a-fA-F]+)\}?$/.exec(body)?.[1];
  if (hex !== undefined) return codePoint(Number.parseInt(hex, 16));
  if (/^[0-7]+$/.test(body)) return codePoint(Number.parseInt(body, 8));
  if (body.startsWith('^')) return String.fromCharCode((body.codePointAt(1) ?? 0) % 32);
  return ESCAPES[body] ?? body;
}

const codePoint = (code: number) => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
