import { distance as editDistance } from 'fastest-levenshtein';

/**
 * The known name most similar to what was written, if one is similar enough:
 * at most a third of the letters differ, or only the section is missing or wrong.
 */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance =
      last(name) === last(written) ? 0.5 : editDistance(written.toLowerCase().replaceAll('-', '_'), name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  if (best === undefined || best.distance > Math.max(2, Math.floor(written.length / 3))) return undefined;
  return best.name;
}
