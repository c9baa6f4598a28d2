import type { CrashView } from '../../../operations/actors/actor-view.js';
import { spanText } from '../../parts/ago-text.js';
import { Card } from '../../parts/card.js';
import { Ago, Time } from '../../parts/time.js';
import { SysEvents } from './sys-events.js';
import { ValuePairs } from './value-pairs.js';

/** The last crash of an actor, with its report as long as that is kept. */
export function CrashReport({ crash: { at, reason, report } }: { crash: CrashView }) {
  return (
    <Card title="Last crash">
      <div class="stack">
        <p class="note" data-tone="bad">
          {reason}
        </p>
        <dl class="pairs">
          <dt>When</dt>
          <dd>
            <Time at={at} /> (<Ago at={at} />)
          </dd>
          {report !== undefined && (
            <>
              <dt>Last message</dt>
              <dd>{report.last_message ?? 'none yet'}</dd>
              <dt>Had handled</dt>
              <dd>
                {report.handled.toLocaleString()} messages in {spanText(report.uptime_ms / 1000)}, as process{' '}
                {report.pid}
              </dd>
              <dt>Mailbox</dt>
              <dd>{mailboxText(report.mailbox)}</dd>
              <dt>Below</dt>
              <dd>{report.ancestors.join(', below ')}</dd>
              <dt>Links</dt>
              <dd>{report.links.join(', ') || 'none'}</dd>
            </>
          )}
        </dl>
        {report === undefined ? (
          <p class="quiet">Its report is not kept any more.</p>
        ) : (
          <>
            <h3>Stack</h3>
            {report.stack.length === 0 ? (
              <p class="quiet">Nothing was thrown: it was ended from outside.</p>
            ) : (
              <pre class="json" tabIndex={0} role="region" aria-label="Stack">
                {report.stack.join('\n')}
              </pre>
            )}
            <h3>State</h3>
            <ValuePairs value={report.state} />
            <h3>Last events</h3>
            <SysEvents events={report.events} />
          </>
        )}
      </div>
    </Card>
  );
}

/** How many messages waited, and of which kinds. */
export function mailboxText({
  length,
  counted,
  kinds,
}: {
  readonly length: number;
  readonly counted: number;
  readonly kinds: Readonly<Record<string, number>>;
}): string {
  if (length === 0) return 'empty';
  const each = Object.entries(kinds).map(([kind, count]) => `${count.toLocaleString()} ${kind}`);
  const of = counted < length ? `, of the first ${counted.toLocaleString()}` : '';
  return `${length.toLocaleString()} waiting${of}: ${each.join(', ')}`;
}
