/** Removes blanks (U+0020 only) from the end. A loop, because ` +$` as a pattern is quadratic on long runs of blanks. */
export function trimTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 0x20) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}
