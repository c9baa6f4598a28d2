import { ErlangSyntaxError } from './syntax-error.js';

/**
 * The text of a file of Erlang terms. UTF-8, unless a comment in the first two lines says `coding: latin-1`.
 * @throws ErlangSyntaxError naming the first byte that is not in that encoding
 */
export function decodeErlangSource(bytes: Uint8Array): string {
  if (saysLatin1(bytes)) return Buffer.from(bytes).toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw undecodable(bytes);
  }
}

/** The first `coding: name` in a comment of the first two lines decides, as for Erlang; unknown names mean UTF-8. */
function saysLatin1(bytes: Uint8Array): boolean {
  const second = bytes.indexOf(0x0a) + 1;
  const third = second === 0 ? -1 : bytes.indexOf(0x0a, second);
  const head = Buffer.from(bytes.subarray(0, third === -1 ? undefined : third)).toString('latin1');
  for (const line of head.split('\n')) {
    const comment = line.indexOf('%');
    const found = comment === -1 ? null : /coding *[:=] *([-a-zA-Z0-9]+)/.exec(line.slice(comment));
    if (found !== null) return found[1]?.toLowerCase() === 'latin-1';
  }
  return false;
}

function undecodable(bytes: Uint8Array): ErlangSyntaxError {
  const at = firstUndecodable(bytes);
  const before = Buffer.from(bytes.subarray(0, at)).toString('utf8');
  const lineStart = before.lastIndexOf('\n') + 1;
  return new ErlangSyntaxError(
    before.split('\n').length,
    Array.from(before.slice(lineStart)).length + 1,
    `expected UTF-8, found the byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}; ` +
      'save the file as UTF-8, or begin it with the comment "%% coding: latin-1" if that is what it is',
  );
}

/** Where the longest decodable beginning ends. */
function firstUndecodable(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    try {
      // With `stream`, a character cut off at the end is no error.
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle - 1;
    }
  }
  // A character that begins well and breaks off: name its first byte.
  let start = good;
  while (start > 0 && good - start < 3 && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start - 1] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return length > good - start + 1 ? start - 1 : good;
}
