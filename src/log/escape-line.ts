/** Characters that JSON does not escape and terminals interpret: DEL, C1, format characters (also bidirectional), line ends. */
const OBEYED = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Most lines hold none of them, nor anything else but printable ASCII, which is quicker to see. */
const NOT_PLAIN = /[^\n -~]/;

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** A line of JSON that means the same and can be shown on a terminal: names in it may come from untrusted senders. */
export function escapeLine(line: string): string {
  return NOT_PLAIN.test(line) ? line.replace(OBEYED, escaped) : line;
}
