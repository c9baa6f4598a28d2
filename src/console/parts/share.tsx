/** How many of how many, as a small bar and in words. */
export function Share({ part, of, word }: { part: number; of: number; word: string }) {
  return (
    <span class="share">
      <span class="share-bar" aria-hidden="true" data-tone={part >= of ? 'ok' : 'warn'}>
        <span style={{ width: `${of === 0 ? 0 : Math.round((100 * part) / of)}%` }} />
      </span>
      <span>
        {part.toLocaleString()} of {of.toLocaleString()} {word}
      </span>
    </span>
  );
}
