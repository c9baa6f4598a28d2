import type { AuditLine } from '../../../operations/audit-line.js';
import { useAsked } from '../../api/use-asked.js';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { goTo, hrefOf, place } from '../../route/route.js';
import { AuditEntry } from './audit-entry.js';
import { AuditFilters } from './audit-filters.js';

const LIMIT = 50;
/** Parts of the address's query that the API knows by the same name. */
const ASKED = ['resource', 'id', 'author', 'from', 'until', 'before'] as const;

/** Who changed what, when, before and after; newest first. */
export default function AuditPage() {
  const { query } = place.value;
  const asked = new URLSearchParams({ limit: `${LIMIT}` });
  for (const key of ASKED) {
    const value = query.get(key);
    if (value !== null) asked.set(key, value);
  }
  const before = query.get('before');
  const trail = useAsked<readonly AuditLine[]>(
    `/api/V2/audit?${asked}`,
    // Older pages stay as they are.
    before === null ? { on: ['policy_edit'], everyMs: 15_000 } : {},
  );
  const older = trail.answer?.next ?? null;
  const filtered = ASKED.some((key) => query.has(key));
  return (
    <Page title="Audit" about="Every change of a document: who made it, when, and what was there before and after.">
      <AuditFilters />
      <Card title={before === null ? 'Changes, newest first' : 'Older changes'}>
        <Loaded asked={trail}>
          {(entries) =>
            entries.length === 0 ? (
              <Empty title={filtered ? 'No change is like this' : 'Nothing was changed yet'}>
                {filtered ? (
                  <a href={hrefOf(['audit'])}>Show all changes</a>
                ) : (
                  'Every edit over API, command line and console is listed here.'
                )}
              </Empty>
            ) : (
              <ul class="events audit" aria-label="Changes">
                {entries.map((entry) => (
                  <AuditEntry key={entry.seq} entry={entry} />
                ))}
              </ul>
            )
          }
        </Loaded>
        <nav class="pager" aria-label="Pages of changes">
          <Button
            onPress={() => goTo(['audit'], { ...Object.fromEntries(query), before: null })}
            disabledWhy={before === null ? 'These are the newest' : undefined}
          >
            Newest
          </Button>
          <Button
            onPress={() => goTo(['audit'], { ...Object.fromEntries(query), before: beforeOf(older) })}
            disabledWhy={older === null ? 'There are no older ones' : undefined}
          >
            Older
          </Button>
        </nav>
      </Card>
    </Page>
  );
}

/** From the path of the next page. */
function beforeOf(next: string | null): string | null {
  return new URLSearchParams(next?.split('?')[1] ?? '').get('before');
}
