const [BLANK, TAB, LINE_FEED, QUOTE] = [32, 9, 10, 34];

/** What a quote holds, from behind it, and the place behind its end; `open`: it has none. */
function readQuoted(
  line: string,
  from: number,
): { readonly text: string; readonly next: number; readonly open: boolean } {
  const close = line.indexOf('"', from);
  const escape = line.indexOf('\\', from);
  // Nearly always: nothing is escaped.
  if (close >= 0 && (escape < 0 || escape > close))
    return { text: line.slice(from, close), next: close + 1, open: false };
  let text = '';
  for (let at = from; at < line.length; at += 1) {
    const char = line[at] as string;
    if (char === '"') return { text, next: at + 1, open: false };
    if (char === '\\') at += 1;
    text += char === '\\' ? (line[at] ?? '') : char;
  }
  return { text, next: line.length, open: true };
}

function split(line: string): { readonly words: readonly string[]; readonly open: boolean } {
  const words: string[] = [];
  let from = 0;
  let at = 0;
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) {
      const { text, next, open } = readQuoted(line, at + 1);
      const word = line.slice(from, at) + text;
      if (!open || word !== '') words.push(word);
      if (open) return { words, open };
      from = at = next;
    } else {
      if (code === BLANK || code === TAB || code === LINE_FEED) {
        if (at > from) words.push(line.slice(from, at));
        from = at + 1;
      }
      at += 1;
    }
  }
  if (at > from) words.push(line.slice(from));
  return { words, open: false };
}

/**
 * Splits a rule line into arguments exactly as `iptables-restore` does (measured on 1.8.9): blanks and tabs separate
 * arguments; a double quote opens a quoted part wherever it stands; the closing quote ends the argument; inside
 * quotes a backslash takes the next character as it is; single quotes and backslashes outside mean nothing.
 */
export function splitArguments(line: string): readonly string[] {
  return split(line).words;
}

/** The same; undefined if a quote stays open. */
export function splitClosed(line: string): readonly string[] | undefined {
  const { words, open } = split(line);
  return open ? undefined : words;
}
