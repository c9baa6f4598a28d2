const STEPS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A span in seconds for people, by its largest unit: `3 min ago`, `in 2 h`, `now`. */
export function agoText(seconds: number): string {
  const span = Math.abs(seconds);
  // The browser's clock is seldom that of the server to the second.
  if (span < 1 || (seconds < 0 && span < 5)) return 'now';
  const text = spanText(span);
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** The same without its direction: `45 s`. */
export function spanText(seconds: number): string {
  for (const [size, unit] of STEPS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.round(seconds * 1000)} ms`;
}
