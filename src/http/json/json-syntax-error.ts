/** Beyond this many characters lines are not counted: the text may consist of line feeds only. */
const FAR = 1_000_000;

/**
 * Why a text is not JSON, with the line and column (from 1) where reading stopped. Never quotes the text: it may hold
 * secrets.
 */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  constructor(reason: string, text: string, at: number) {
    super(`${reason} (${placeOf(text, at)})`);
  }
}

function placeOf(text: string, at: number): string {
  if (at > FAR) return `character ${at + 1}`;
  const before = text.slice(0, at);
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
}
