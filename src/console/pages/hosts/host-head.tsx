import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import type { HostRow } from '../../../operations/fleet-pages.js';
import { hashName } from '../../fleet/hash-names.js';
import { standingOf } from '../../fleet/standing-of.js';
import { StateBadge } from '../../fleet/state-badge.js';
import { Card } from '../../parts/card.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';

/** How the host stands, and what that means. `row`: undefined while it is not there yet. */
export function HostHead({ drift, row }: { drift: HostDriftAnswer; row: HostRow | undefined }) {
  const words = standingOf(drift);
  const { group, hostkey, differing, since, repair_attempts: repairs, last_repair_at: repairedAt, reported } = drift;
  return (
    <>
      <p class="verdict" data-tone={words.tone}>
        <StateBadge words={words} /> {words.meaning}
      </p>
      <Card title="This host">
        <dl class="pairs">
          <dt>Hostkey</dt>
          <dd class="mono">{hostkey}</dd>
          <dt>Group</dt>
          <dd>
            {typeof group === 'string' && group !== '' ? (
              <a href={hrefOf(['groups', group])}>{group}</a>
            ) : (
              'none: it is sent nothing'
            )}
            {row?.pending === true && (
              <span class="quiet"> (pending: {row.pending_why ?? 'something is on its way'})</span>
            )}
          </dd>
          <dt>Last report</dt>
          <dd>
            <Ago at={typeof reported.at === 'number' ? reported.at : null} />
          </dd>
          <dt>Differs in</dt>
          <dd>
            {differing.length === 0 ? 'nothing' : differing.map(hashName).join(', ')}
            {since !== null && (
              <>
                , for the first time <Ago at={since} />
              </>
            )}
            {repairs > 0 && (
              <>
                ; sent again {repairs} {repairs === 1 ? 'time' : 'times'}, last <Ago at={repairedAt} />
              </>
            )}
          </dd>
          <dt>Held back</dt>
          <dd>{whyNotSent(drift) ?? 'nothing'}</dd>
          <dt>Addresses</dt>
          <dd>
            {row === undefined ? '' : row.addresses.length === 0 ? 'none that go into sets' : row.addresses.join(', ')}
            {row !== undefined &&
              row.address_count > row.addresses.length &&
              ` and ${row.address_count - row.addresses.length} more`}
          </dd>
        </dl>
      </Card>
    </>
  );
}

function whyNotSent({ error, not_sent: notSent }: HostDriftAnswer): string | null {
  if (error !== null)
    return `its group’s policy can’t be compiled: ${typeof error === 'string' ? error : JSON.stringify(error)}`;
  return notSent;
}
