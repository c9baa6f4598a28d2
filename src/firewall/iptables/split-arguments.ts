/**
 * Splits a rule line into arguments exactly as `iptables-restore` does (measured on 1.8.9): blanks and tabs separate
 * arguments; a double quote opens a quoted part wherever it stands; the closing quote ends the argument; inside
 * quotes a backslash takes the next character as it is; single quotes and backslashes outside mean nothing.
 */
export function splitArguments(line: string): readonly string[] {
  const found: string[] = [];
  let current = '';
  let quoted = false;
  let escaped = false;
  for (const char of line) {
    if (quoted) {
      if (escaped) {
        current += char;
        escaped = false;
      } else if (char === '\\') {
        escaped = true;
      } else if (char === '"') {
        quoted = false;
        found.push(current);
        current = '';
      } else {
        current += char;
      }
    } else if (char === '"') {
      quoted = true;
    } else if (char === ' ' || char === '\t' || char === '\n') {
      if (current !== '') found.push(current);
      current = '';
    } else {
      current += char;
    }
  }
  if (current !== '') found.push(current);
  return found;
}
