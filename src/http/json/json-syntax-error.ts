/** Why a text is not JSON, with the line and column (from 1) where reading stopped. Never quotes the text: it may hold secrets. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  constructor(reason: string, text: string, at: number) {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    super(`${reason} (line ${line}, column ${at - before.lastIndexOf('\n')})`);
  }
}
