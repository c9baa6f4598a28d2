/**
 * The parts as one text. What `+` makes remembers its parts until somebody reads it, and each line that holds it would
 * put them together again: for texts that go into many lines.
 */
export function flatText(...parts: readonly string[]): string {
  return parts.join('');
}
