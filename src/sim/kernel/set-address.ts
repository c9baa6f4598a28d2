/** Address family of a set, by the names that `ipset` uses. */
export type SetFamily = 'inet' | 'inet6';

/**
 * How `ipset save` prints an entry of a `hash:net` set: masked, and without a full-length prefix.
 * Reads what the tool reads: octal parts included (`010` is 8). `undefined` where it refuses: not an address of the
 * family, prefix 0 or too long.
 */
export function savedAddress(text: string, family: SetFamily): string | undefined {
  const [host = '', prefixText, ...more] = text.split('/');
  if (more.length > 0) return undefined;
  const width = family === 'inet' ? 32 : 128;
  const prefix = prefixText === undefined ? width : parsePrefix(prefixText, width);
  const words = family === 'inet' ? parseDotted(host) : parseColons(host);
  if (prefix === undefined || words === undefined) return undefined;
  const printed = family === 'inet' ? printDotted(mask(words, prefix, 8)) : printColons(mask(words, prefix, 16));
  return prefix === width ? printed : `${printed}/${prefix}`;
}

function parsePrefix(text: string, width: number): number | undefined {
  const prefix = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return prefix >= 1 && prefix <= width ? prefix : undefined;
}

/** Four bytes, as `inet_aton` reads them. */
function parseDotted(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => {
    if (/^0[0-7]{1,3}$/.test(part)) return Number.parseInt(part, 8);
    return /^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256;
  });
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** Eight 16-bit words, as `inet_pton` reads them. */
function parseColons(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : parseGroups(half)));
  const [head, tail] = groups;
  if (head === undefined || groups.some((group) => group === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(half: string): number[] | undefined {
  const words: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const bytes = /^(\d{1,3}\.){3}\d{1,3}$/.test(part) && index === parts.length - 1 ? parseDotted(part) : undefined;
      if (bytes === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      words.push(a * 256 + b, c * 256 + d);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      words.push(Number.parseInt(part, 16));
    }
  }
  return words;
}

function mask(words: readonly number[], prefix: number, bits: number): number[] {
  return words.map((word, index) => {
    const kept = Math.min(Math.max(prefix - index * bits, 0), bits);
    return word & (((1 << kept) - 1) << (bits - kept));
  });
}

function printDotted(bytes: readonly number[]): string {
  return bytes.join('.');
}

/** As glibc's `inet_ntop`: the first longest run of two or more zero words, and an embedded IPv4 address dotted. */
function printColons(words: readonly number[]): string {
  let start = -1;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && words[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const embedded = start === 0 && (length === 6 || (length === 5 && words[5] === 0xffff));
  const shown = words.slice(0, embedded ? 6 : 8).map((word) => word.toString(16));
  if (embedded) {
    const [high = 0, low = 0] = words.slice(6);
    shown.push(printDotted([high >> 8, high & 255, low >> 8, low & 255]));
  }
  if (start < 0) return shown.join(':');
  return `${shown.slice(0, start).join(':')}::${shown.slice(start + length).join(':')}`;
}
