/** A number of bytes in words: `1 byte`, `2 bytes`. */
export function byteCount(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
