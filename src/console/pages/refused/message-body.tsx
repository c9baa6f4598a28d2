import type { RefusedMessage } from '../../../operations/refused-answers.js';
import { indentedJson } from './indented-json.js';

/** What a message says. It is somebody else's: text, and never anything more. */
export function MessageBody({ message: { decoded, text, cut } }: { message: RefusedMessage }) {
  const isText = decoded === null && text !== null;
  return (
    <div class="stack tight">
      <h3>{isText ? 'Body, which is no Erlang term and no JSON' : 'Body, decoded'}</h3>
      {cut && (
        <p class="note" data-tone="warn">
          More was sent than is shown here: what is left out is marked with …, or stands behind the end.
        </p>
      )}
      <pre class="body-text" tabIndex={0} role="region" aria-label="Body of the message">
        {isText ? text : indentedJson(decoded)}
      </pre>
    </div>
  );
}
