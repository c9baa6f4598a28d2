/** A difference of two texts as `git diff` prints it. */
export function Diff({ text, label }: { text: string; label: string }) {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    <pre class="diff" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, index) => (
        <span key={index} data-line={kindOf(line)}>
          {line === '' ? ' ' : line}
        </span>
      ))}
    </pre>
  );
}

function kindOf(line: string): string | undefined {
  if (/^(@@|---|\+\+\+|diff |index )/.test(line)) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : undefined;
}
