import { normalizeRuleset } from './normalize-ruleset.js';
import { splitArguments } from './split-arguments.js';

/** Bytes of a comment that the kernel keeps (XT_MAX_COMMENT_LEN less the closing NUL); it cuts the rest off. */
export const COMMENT_BYTES = 255;

const BARE = /^[A-Za-z0-9_-]+$/;
/** UTF-16 units that always fit: none takes more than three bytes of UTF-8. */
const SURELY_FITS = COMMENT_BYTES / 3;

/** Cuts a string to what fits into the kernel's comment, at a character boundary. */
export function cutComment(text: string): string {
  if (text.length <= SURELY_FITS) return text;
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    bytes += Buffer.byteLength(char);
    if (bytes > COMMENT_BYTES) return text.slice(0, end);
    end += char.length;
  }
  return text;
}

/** ASCII that can be printed, without quotes, backslashes and opening brackets: quotes are all that it may need. */
const SIMPLE = /^[ !#-&(-Z\]-~]*$/;

/** The argument as `iptables-save` prints it: bare if letters, digits, `_` and `-` only; else quoted and escaped. */
export function kernelComment(text: string): string {
  return BARE.test(text) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`;
}

/**
 * A blank as the Erlang server saw one: U+0020 that no combining character joins to a grapheme
 * (docs/rulesets.md#one-rules-lines). The exceptions are the marks of category Mc that UAX 29 does not count as spacing
 * marks.
 */
const BLANK =
  / (?!\p{Grapheme_Extend}|[\u200d\p{Emoji_Modifier}\u0e33\u0eb3]|(?![\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d\u{11720}\u{11721}])\p{Mc})/u;

const PLAIN = /^[\x20-\x7e]*$/;
function hasBlank(text: string): boolean {
  return PLAIN.test(text) ? text.includes(' ') : BLANK.test(text);
}

function withoutQuotes(text: string): string {
  return text.replace(/["']/g, '');
}

/** The comment as an argument, spelled as the Erlang server did. Null where that reads back as something else. */
function oldArgument(text: string): { readonly argument: string; readonly seen: string } | null {
  const argument = hasBlank(text) ? `"${text}"` : text;
  const [seen, next, ...more] = splitArguments(`${argument} .`);
  if (seen === undefined || next !== '.' || more.length > 0) return null;
  if (cutComment(seen) !== seen || withoutQuotes(argument) !== withoutQuotes(kernelComment(seen))) return null;
  return { argument, seen };
}

/**
 * Whether a comment with backslashes reads back as the Erlang server wrote it: they stand between its quotes, each
 * before a backslash or a quote, just as the kernel prints them.
 */
export function escapesReadBack(text: string): boolean {
  return oldArgument(text) !== null;
}

/**
 * The argument in the Erlang server's spelling, for comments that are spelled the same in every line; null: see
 * {@link oldStyleLine}.
 */
export function simpleOldArgument(text: string): string | null {
  if (text.length > COMMENT_BYTES || !SIMPLE.test(text)) return null;
  return text.includes(' ') ? `"${text}"` : text;
}

/**
 * Writes a line that holds a comment with the Erlang server's spelling of it, if the kernel takes that as one argument
 * and the line hashes the same when it is read back; else with the kernel's spelling.
 * @param line makes the line from the comment's argument.
 */
export function oldStyleLine(text: string, line: (argument: string) => string): string {
  const kernel = kernelComment(text);
  if (kernel === text) return line(kernel);
  const old = oldArgument(text);
  if (old === null) return line(kernel);
  const written = line(old.argument);
  // The normaliser resets what looks like counters before it drops quotes, so brackets depend on the quotes beside
  // them.
  if (text.includes('[') && normalizeRuleset(written) !== normalizeRuleset(line(kernelComment(old.seen)))) {
    return line(kernel);
  }
  return written;
}
