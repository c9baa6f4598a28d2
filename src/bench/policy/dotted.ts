/** Address number `n` of the 16 million that begin with `first`, as text. */
export function dotted(first: number, n: number): string {
  return `${first}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}
