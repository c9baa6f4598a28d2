import type { RefusedLine } from '../../../operations/refused-answers.js';
import { bytesText } from '../../parts/bytes-text.js';
import type { Column } from '../../parts/data-table.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Ago } from '../../parts/time.js';
import { hrefOf, place } from '../../route/route.js';

export const MESSAGE_COLUMNS: readonly Column<RefusedLine>[] = [
  {
    key: 'at',
    title: 'When',
    show: ({ at }) => (
      <span class="no-break">
        <Ago at={at} />
      </span>
    ),
  },
  {
    key: 'read',
    title: 'Content',
    show: ({ id, reason }) => (
      <a
        href={hrefOf(['refused'], { ...Object.fromEntries(place.value.query), id })}
        aria-label={`Read the message that was refused as ${reason}`}
      >
        Read
      </a>
    ),
  },
  { key: 'reason', title: 'Reason', show: ({ reason }) => <FilterLink by={{ reason }}>{reason}</FilterLink> },
  { key: 'detail', title: 'What is wrong', show: ({ detail }) => <span class="wrap">{detail}</span> },
  {
    key: 'from',
    title: 'From',
    show: ({ from }) =>
      from === null ? (
        <span class="quiet">not known</span>
      ) : (
        <FilterLink by={{ from }}>
          <code class="wrap">{from}</code>
        </FilterLink>
      ),
  },
  { key: 'queue', title: 'Queue', show: ({ queue, kind }) => (kind === 'report' ? queue : `${queue} (${kind})`) },
  { key: 'bytes', title: 'Size', number: true, show: ({ bytes }) => <span class="no-break">{bytesText(bytes)}</span> },
];
