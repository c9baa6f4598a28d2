import { createHash } from 'node:crypto';

/** File systems take 255 bytes; an ending and a number are added. */
const LONGEST = 120;

/** A name of a file that says nothing of what is in it, and never is that of a name. */
const OTHER = '~';

/**
 * A name as the name of a file, without its ending: letters, digits, `_`, `-` and `.` inside stay, all else is
 * percent-encoded UTF-8. It is for people only: what counts is the `name` inside.
 */
export function fileNameOf(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  let text = '';
  for (const [index, byte] of bytes.entries()) {
    const char = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9_-]/.test(char) || (char === '.' && index > 0);
    text += plain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (text.length <= LONGEST) return text;
  // Cut without half of an encoded byte.
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${text.slice(0, LONGEST - 20).replace(/%.?$/, '')}${OTHER}${digest}`;
}

/** Gives out names of files; where letters differ only in case, some file systems take them for the same. */
export class FileNames {
  readonly #taken = new Set<string>();

  /** The name of a file for a document; `id` where it has no name. */
  take(name: string, id: string): string {
    const base = name === '' ? `${OTHER}${fileNameOf(id)}` : fileNameOf(name);
    for (let count = 1; ; count += 1) {
      const wanted = count === 1 ? base : `${base}${OTHER}${count}`;
      if (this.#taken.has(wanted.toLowerCase())) continue;
      this.#taken.add(wanted.toLowerCase());
      return wanted;
    }
  }
}
