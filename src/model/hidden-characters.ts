/**
 * Characters that a reader does not see, or that change how what stands beside them is seen: controls (C0, DEL, C1),
 * format characters (among them all that turn the direction of text, such as U+202E and U+2066, zero-width ones, the
 * byte order mark and tags), the two Unicode line ends, and halves of surrogate pairs.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ALL_HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text that needs no closer look: nearly all is so, and this is ten times as fast. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[\t\n\r -~]*$/;

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The first hidden character of `text` by its Unicode name, such as `U+202E`; `undefined` if there is none. */
export function hiddenCharacter(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined;
  const found = HIDDEN.exec(text);
  return found === null ? undefined : nameOf(found[0]);
}

/** As `hiddenCharacter`, for multi-line strings: tabs and line ends (LF, CR) are fine. */
export function hiddenInLines(text: string): string | undefined {
  return PLAIN_LINES.test(text) ? undefined : hiddenCharacter(text.replace(/[\t\n\r]/g, ' '));
}

/** `text` with each hidden character written as `\u{202E}`, so that a terminal or a page shows it instead of interpreting it. */
export function escapeHidden(text: string): string {
  return HIDDEN.test(text)
    ? text.replace(ALL_HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`)
    : text;
}
