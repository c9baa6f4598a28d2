import type { RevisionAnswer } from '../../../http/views/revision-view.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import type { Column } from '../../parts/data-table.js';
import { Ago } from '../../parts/time.js';
import { changeQuery } from '../../route/route.js';
import { whyNoWrites } from '../../session/session.js';

/** The columns of the table of revisions. */
export function revisionColumns(onHold: (number: number) => void): readonly Column<RevisionAnswer>[] {
  return [
    {
      key: 'number',
      title: 'Revision',
      show: ({ number, pinned }) => (
        <>
          {number} {pinned && <Badge tone="warn">pinned</Badge>}
        </>
      ),
    },
    { key: 'confirmed', title: 'Published', show: ({ confirmed_at: at }) => <Ago at={at} /> },
    { key: 'author', title: 'By', show: ({ author }) => author },
    { key: 'reason', title: 'Reason', show: ({ reason }) => reason ?? <span class="quiet">none given</span> },
    { key: 'hosts', title: 'Hosts now', number: true, show: ({ hosts }) => hosts.toLocaleString() },
    { key: 'first', title: 'First held', show: ({ first_host_at: at }) => <Ago at={at} none="not known" /> },
    { key: 'last', title: 'Last held', show: ({ last_host_at: at }) => <Ago at={at} none="not known" /> },
    {
      key: 'do',
      title: 'Do',
      show: ({ number, pinned }) => (
        <div class="row tight">
          {number > 1 && (
            <Button
              kind="plain"
              label={`Compare revision ${number} with the one before`}
              onPress={() => changeQuery({ from: number - 1, to: number })}
            >
              Compare
            </Button>
          )}
          <Button
            kind="plain"
            label={`Hold the group at revision ${number}`}
            disabledWhy={pinned ? 'The group is held here already' : whyNoWrites.value}
            onPress={() => onHold(number)}
          >
            Hold
          </Button>
        </div>
      ),
    },
  ];
}
