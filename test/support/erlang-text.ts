import {
  atom,
  binary,
  charlist,
  integer,
  list,
  map,
  NIL,
  tuple,
  type MapEntry,
  type Term,
} from '../../src/wire/term.js';

/** Reads a term as Erlang's `~p` prints it; pids keep their middle number only. For captures, not for strangers. */
export function parseErlang(text: string): Term {
  const parser = new Parser(text);
  const term = parser.term();
  parser.eat('.');
  return term;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  term(): Term {
    this.#space();
    const rest = this.#text.slice(this.#at, this.#at + 40);
    if (rest.startsWith('<<')) return this.#binary();
    if (rest.startsWith('"')) return charlist(Buffer.from(this.#strings(), 'latin1'));
    if (rest.startsWith('[')) return this.#list();
    if (rest.startsWith('{')) return tuple(...this.#sequence('{', '}', () => this.term()));
    if (rest.startsWith('#{')) return map(this.#sequence('#{', '}', () => this.#pair()));
    const pid = /^<\d+\.(\d+)\.(\d+)>/.exec(rest);
    if (pid !== null) {
      this.#at += pid[0].length;
      return { kind: 'pid', node: '', id: Number(pid[1]), serial: Number(pid[2]), creation: 0 };
    }
    const word = /^(-?\d+|[a-z][a-zA-Z0-9_@]*)/.exec(rest)?.[0];
    if (word === undefined) throw new Error(`at ${this.#at}: ${rest}`);
    this.#at += word.length;
    return /^[a-z]/.test(word) ? atom(word) : integer(Number(word));
  }

  eat(token: string): void {
    this.#space();
    if (!this.#text.startsWith(token, this.#at)) {
      throw new Error(`at ${this.#at}: ${token} expected, found ${this.#text.slice(this.#at, this.#at + 20)}`);
    }
    this.#at += token.length;
  }

  #peek(token: string): boolean {
    this.#space();
    return this.#text.startsWith(token, this.#at);
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #binary(): Term {
    this.eat('<<');
    if (this.#peek('>>')) {
      this.eat('>>');
      return binary('');
    }
    if (this.#peek('"')) {
      const text = this.#strings();
      this.eat('>>');
      return binary(Buffer.from(text, 'latin1'));
    }
    const bytes = this.#items('>>', () => this.term());
    return binary(Buffer.from(bytes.map((byte) => (byte as { value: number }).value)));
  }

  #list(): Term {
    const elements = this.#sequence('[', ']', () => this.term());
    return elements.length === 0 ? NIL : list(elements);
  }

  #pair(): MapEntry {
    const key = this.term();
    this.eat('=>');
    return [key, this.term()];
  }

  #sequence<T>(open: string, close: string, item: () => T): T[] {
    this.eat(open);
    return this.#items(close, item);
  }

  #items<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.#peek(close)) {
      items.push(item());
      if (!this.#peek(close)) this.eat(',');
    }
    this.eat(close);
    return items;
  }

  /** Long texts are printed as several literals in a row. */
  #strings(): string {
    let result = '';
    while (this.#peek('"')) {
      const literal = /"((?:[^"\\]|\\.)*)"/sy;
      literal.lastIndex = this.#at;
      const found = literal.exec(this.#text);
      if (found === null) throw new Error(`at ${this.#at}: an open text`);
      this.#at += found[0].length;
      result += (found[1] as string).replace(/\\(.)/gs, (_, escaped: string) => {
        return { n: '\n', t: '\t', r: '\r', e: '\x1b' }[escaped] ?? escaped;
      });
    }
    return result;
  }
}
