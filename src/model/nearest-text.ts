import { distance } from 'fastest-levenshtein';

/** Of longer texts, and of more of them, nobody is asked what was meant. */
const LONGEST = 200;
const MOST = 20_000;

/** The known text most like what was written, if at most `most` letters differ: a third of them, or two. */
export function nearestText(
  written: string,
  known: readonly string[],
  most = Math.max(2, Math.floor(written.length / 3)),
): string | undefined {
  if (written.length > LONGEST || known.length > MOST) return undefined;
  let best: { readonly text: string; readonly away: number } | undefined;
  for (const text of known) {
    if (Math.abs(text.length - written.length) > most) continue;
    const away = distance(written.toLowerCase(), text.toLowerCase());
    if (away <= most && away < written.length && (best === undefined || away < best.away)) best = { text, away };
  }
  return best?.text;
}
