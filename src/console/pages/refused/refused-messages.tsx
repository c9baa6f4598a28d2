import { useState } from 'preact/hooks';
import type { RefusedLine, RefusedList } from '../../../operations/refused-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { hrefOf, place } from '../../route/route.js';
import { whyNoWrites } from '../../session/session.js';
import { DiscardAll } from './discard-all.js';
import { EVERY_MS } from './every-ms.js';
import { MESSAGE_COLUMNS } from './message-columns.js';

/** The last refused messages, newest first. */
export function RefusedMessages() {
  const asked = useAsked<RefusedList>('/api/V2/refused', { everyMs: EVERY_MS });
  const [discards, setDiscards] = useState(false);
  const { query } = place.value;
  const [reason, from] = [query.get('reason'), query.get('from')];
  const kept = asked.value?.kept ?? 0;
  return (
    <Card
      title="Refused messages"
      actions={
        <Button
          kind="danger"
          onPress={() => setDiscards(true)}
          disabledWhy={whyNoWrites.value ?? (kept === 0 ? 'There is nothing to discard' : undefined)}
        >
          Discard all
        </Button>
      }
    >
      <Loaded asked={asked}>
        {({ total, messages }) => {
          const shown = messages.filter((line) => isWanted(line, reason, from));
          return (
            <div class="stack tight">
              <p class="small quiet">
                {total.toLocaleString()} refused since this server began to lead; {messages.length} kept.
                {(reason !== null || from !== null) && (
                  <>
                    {' '}
                    Only {[reason, from === null ? null : `from ${from}`]
                      .filter((part) => part !== null)
                      .join(', ')}: {shown.length}. <a href={hrefOf(['refused'])}>Show all</a>
                  </>
                )}
              </p>
              {shown.length > 0 ? (
                <DataTable
                  caption="Refused messages, newest first"
                  columns={MESSAGE_COLUMNS}
                  rows={shown}
                  keyOf={({ id }) => id}
                />
              ) : (
                <NoMessages total={total} kept={messages.length} />
              )}
            </div>
          );
        }}
      </Loaded>
      {discards && <DiscardAll count={kept} again={asked.again} onClose={() => setDiscards(false)} />}
    </Card>
  );
}

function NoMessages({ total, kept }: { total: number; kept: number }) {
  if (kept > 0) return <Empty title="None is like that" />;
  if (total > 0) return <Empty title="None is left">All that were refused are discarded.</Empty>;
  return (
    <Empty title="No message was refused">
      Reports that are malformed, or that a host may not send, are listed here.
    </Empty>
  );
}

function isWanted(line: RefusedLine, reason: string | null, from: string | null): boolean {
  return (reason === null || line.reason === reason) && (from === null || line.from === from);
}
