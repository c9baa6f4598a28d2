import { foundAt, syntaxErrorAt } from './syntax-error.js';

/** What was read, and the offset after it. */
export interface Scanned {
  readonly text: string;
  readonly end: number;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['e', '\u001b'],
  ['s', ' '],
  ['d', '\u007f'],
]);

/** Reads the escape sequence that begins with the backslash at this offset. */
export function scanEscape(text: string, at: number): Scanned {
  const sequence = /\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|([0-7]{1,3})|\^([\s\S])|([^x^]))/uy;
  sequence.lastIndex = at;
  const match = sequence.exec(text);
  if (match === null) {
    throw syntaxErrorAt(
      text,
      at,
      `expected an escape such as \\n, \\x41, \\x{1F600}, \\101 or \\^A, found ${foundAt(text, at)}`,
    );
  }
  const [, braced, two, octal, control, plain] = match;
  const end = sequence.lastIndex;
  const hex = braced ?? two;
  if (hex !== undefined) return { text: character(text, at, Number.parseInt(hex, 16)), end };
  if (octal !== undefined) return { text: String.fromCharCode(Number.parseInt(octal, 8)), end };
  if (control === '?') return { text: '\u007f', end };
  if (control !== undefined) return { text: String.fromCharCode((control.codePointAt(0) ?? 0) & 31), end };
  return { text: ESCAPES.get(plain ?? '') ?? plain ?? '', end };
}

/** Reads up to the closing delimiter; `at` is the offset after the opening one. */
export function scanQuoted(text: string, at: number, close: string, verbatim: boolean): Scanned {
  const pieces: string[] = [];
  let from = at;
  let here = at;
  for (;;) {
    const sign = text[here];
    if (sign === undefined) throw syntaxErrorAt(text, at - 1, `expected a closing ${close}, found the end of the file`);
    if (sign === close) {
      pieces.push(text.slice(from, here));
      return { text: pieces.join(''), end: here + 1 };
    }
    if (sign === '\\' && !verbatim) {
      pieces.push(text.slice(from, here));
      if (here + 1 >= text.length) {
        throw syntaxErrorAt(text, at - 1, `expected a closing ${close}, found the end of the file`);
      }
      const escape = scanEscape(text, here);
      pieces.push(escape.text);
      from = here = escape.end;
    } else here++;
  }
}

/**
 * Reads a triple-quoted string of OTP 27 from its first quote: the lines between, without the last line's indentation.
 */
export function scanTripleQuoted(text: string, at: number, verbatim: boolean): Scanned {
  let quotes = 3;
  while (text[at + quotes] === '"') quotes++;
  const endOfFirst = text.indexOf('\n', at);
  const rest = text.slice(at + quotes, endOfFirst === -1 ? undefined : endOfFirst);
  if (endOfFirst === -1 || !/^[\0- \u0080-\u00a0]*$/.test(rest)) {
    throw syntaxErrorAt(
      text,
      at + quotes,
      `expected the end of the line after """, found ${foundAt(text, at + quotes)}`,
    );
  }
  const lines: { readonly text: string; readonly at: number }[] = [];
  let start = endOfFirst + 1;
  let line: string[] = [];
  let here = start;
  let from = start;
  const closing = new RegExp(`[\\0-\\x09\\x0b- \\u0080-\\u00a0]*"{${quotes}}`, 'y');
  for (;;) {
    if (here === start) {
      closing.lastIndex = here;
      const found = closing.exec(text);
      if (found !== null) {
        const indent = found[0].slice(0, -quotes);
        return { text: unindented(text, lines, indent), end: closing.lastIndex };
      }
    }
    const sign = text[here];
    if (sign === undefined) {
      throw syntaxErrorAt(text, at, `expected a closing ${'"'.repeat(quotes)} on a line of its own, found the end`);
    }
    if (sign === '\\' && !verbatim) {
      const escape = scanEscape(text, here);
      line.push(text.slice(from, here), escape.text);
      here = from = escape.end;
      if (text[here - 1] !== '\n') continue;
    } else {
      here++;
      if (sign !== '\n') continue;
      line.push(text.slice(from, here));
    }
    lines.push({ text: line.join(''), at: start });
    line = [];
    start = from = here;
  }
}

function unindented(
  text: string,
  lines: readonly { readonly text: string; readonly at: number }[],
  indent: string,
): string {
  const bare = lines.map((line) => {
    if (/^\r?\n$/.test(line.text)) return line.text;
    if (line.text.startsWith(indent)) return line.text.slice(indent.length);
    throw syntaxErrorAt(text, line.at, 'expected the indentation of the closing """ in each line of the string');
  });
  return bare.join('').replace(/\r?\n$/, '');
}

function character(text: string, at: number, code: number): string {
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code > 0x10ffff || surrogate || code === 0xfffe || code === 0xffff) {
    throw syntaxErrorAt(text, at, `expected the code of a character, found ${foundAt(text, at)}`);
  }
  return String.fromCodePoint(code);
}
