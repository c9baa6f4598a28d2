/** The words of a routing key or binding pattern; the empty key has none (as RabbitMQ splits it). */
export function topicWords(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

/**
 * Does a topic binding match a routing key? In the pattern, `*` stands for exactly one word and `#` for any number,
 * none included. In the key they are ordinary words: the server publishes to `*.*.<group>.*`
 * (docs/protocol.md#keys-with-literal-asterisks).
 */
export function topicMatches(pattern: readonly string[], key: readonly string[]): boolean {
  // Greedy with one point to come back to, as for file globs: linear in practice, no recursion on hostile keys.
  let p = 0;
  let k = 0;
  let hash = -1;
  let resume = 0;
  while (k < key.length) {
    const word = pattern[p];
    if (word === '#') {
      hash = p++;
      resume = k;
    } else if (word !== undefined && (word === '*' || word === key[k])) {
      p++;
      k++;
    } else if (hash >= 0) {
      p = hash + 1;
      k = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '#') p++;
  return p === pattern.length;
}
