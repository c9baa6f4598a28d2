/** Words that are kept at once, unless said otherwise. */
const MOST = 4096;
/** A longer one is not kept: it would hold memory, and few rules share it. */
const LONGEST = 256;

/**
 * The same as `make`, which is asked once for each word: rules repeat names and comments again and again. `make` must
 * rest on the word alone, so that what is kept cannot be out of date; all is dropped when `most` words are kept
 * (docs/performance.md#what-is-kept-and-when-it-is-forgotten). What it makes is shared: nobody may change what it says, though
 * more of the same word may be filled in.
 */
export function keptWords<Made extends object | string>(
  make: (word: string) => Made,
  most = MOST,
): (word: string) => Made {
  const kept = new Map<string, Made>();
  return (word) => {
    const known = kept.get(word);
    if (known !== undefined) return known;
    const made = make(word);
    if (word.length > LONGEST) return made;
    if (kept.size >= most) kept.clear();
    kept.set(word, made);
    return made;
  };
}
