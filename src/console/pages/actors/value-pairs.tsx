import type { DetailObject } from '../../../otp/index.js';

/** A value of JSON by its keys: plain ones as words, others as indented JSON. */
export function ValuePairs({ value }: { value: DetailObject }) {
  const entries = Object.entries(value);
  if (entries.length === 0) return <p class="quiet">Nothing.</p>;
  return (
    <dl class="pairs">
      {entries.map(([key, one]) => (
        <>
          <dt>{key}</dt>
          <dd>
            {typeof one === 'object' && one !== null ? (
              <pre class="json">{JSON.stringify(one, null, 2)}</pre>
            ) : (
              <span class="mono">{String(one)}</span>
            )}
          </dd>
        </>
      ))}
    </dl>
  );
}
