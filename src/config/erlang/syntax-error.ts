/** The text is no Erlang term; `message` says where, what was expected and what was found. Lines and columns count from 1. */
export class ErlangSyntaxError extends Error {
  override readonly name = 'ErlangSyntaxError';
  readonly line: number;
  /** In characters. */
  readonly column: number;
  constructor(line: number, column: number, message: string) {
    super(`line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}

/** An error at this offset of the text. */
export function syntaxErrorAt(text: string, at: number, message: string): ErlangSyntaxError {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return new ErlangSyntaxError(line, Array.from(before.slice(lineStart)).length + 1, message);
}

/** What stands at this offset, for a message: a few characters of one line. */
export function foundAt(text: string, at: number): string {
  const found = text.slice(at, at + 12).split('\n')[0] ?? '';
  return found === '' ? 'the end of the line or file' : JSON.stringify(found);
}
