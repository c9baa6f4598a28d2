/**
 * Reads the decimal number in `text[from..]` as a prefix length up to `width`. -1: not a number, a leading zero, or
 * too long. Leading zeros are refused because tools disagree about them (octal or not).
 */
export function parsePrefixLength(text: string, from: number, width: number): number {
  const digits = text.length - from;
  if (digits < 1 || digits > 3) return -1;
  if (digits > 1 && text.charCodeAt(from) === 0x30) return -1;
  let length = 0;
  for (let i = from; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length <= width ? length : -1;
}
