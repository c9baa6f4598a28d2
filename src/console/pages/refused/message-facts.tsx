import type { RefusedLine } from '../../../operations/refused-answers.js';
import { bytesText } from '../../parts/bytes-text.js';
import { Ago, Time } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';

/** When and why a message was refused, and whose it was. */
export function MessageFacts({ message: { at, reason, detail, kind, queue, from, bytes } }: { message: RefusedLine }) {
  return (
    <dl class="pairs">
      <dt>Reason</dt>
      <dd>
        {reason}: {detail}
      </dd>
      <dt>When</dt>
      <dd>
        <Time at={at} /> (<Ago at={at} />)
      </dd>
      <dt>From</dt>
      <dd>
        {from === null ? (
          'not known: no hostkey could be read'
        ) : (
          <a href={hrefOf(['hosts'], { q: from })} title="Look for the host with this hostkey">
            <code>{from}</code>
          </a>
        )}
      </dd>
      <dt>Queue</dt>
      <dd>
        {queue} ({kind})
      </dd>
      <dt>Size</dt>
      <dd>{bytesText(bytes)}</dd>
    </dl>
  );
}
