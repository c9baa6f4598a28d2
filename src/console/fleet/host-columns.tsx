import type { HostRow } from '../../operations/fleet-pages.js';
import type { Column } from '../parts/data-table.js';
import { Ago } from '../parts/time.js';
import { hrefOf, type Query } from '../route/route.js';
import { hashName } from './hash-names.js';
import { standingOf } from './standing-of.js';
import { StateBadge } from './state-badge.js';

/** The columns of a table of hosts. `only`: the address of the list with just what has this value. */
export function hostColumns(only: (by: Query) => string): readonly Column<HostRow>[] {
  const link = (by: Query, text: string) => (
    <a href={only(by)} title="Show only these">
      {text}
    </a>
  );
  return [
    {
      key: 'name',
      title: 'Host',
      sorts: true,
      show: ({ id, name, hostkey }) => (
        <>
          <a href={hrefOf(['hosts', id])}>{name === '' ? hostkey : name}</a>
          {name !== hostkey && <span class="small quiet">{link({ q: hostkey }, hostkey)}</span>}
        </>
      ),
    },
    {
      key: 'group',
      title: 'Group',
      sorts: true,
      show: ({ group }) => (group === '' ? <span class="quiet">none</span> : link({ group }, group)),
    },
    {
      key: 'state',
      title: 'State',
      sorts: true,
      show: (row) => (
        <a href={only({ state: row.state })} title="Show only hosts in this state">
          <StateBadge words={standingOf(row)} />
        </a>
      ),
    },
    { key: 'reported', title: 'Last report', sorts: true, show: ({ reported_at: at }) => <Ago at={at} /> },
    {
      key: 'differing',
      title: 'Differs in',
      sorts: true,
      show: ({ differing }) =>
        differing.length === 0 ? (
          <span class="quiet">nothing</span>
        ) : (
          differing.map((field) => <div key={field}>{link({ differing: field }, hashName(field))}</div>)
        ),
    },
    { key: 'repairs', title: 'Repairs', number: true, sorts: true, show: ({ repair_attempts: count }) => count },
    {
      key: 'addresses',
      title: 'Addresses',
      show: ({ addresses, address_count: count }) => (
        <>
          {addresses.map((address) => (
            <div key={address}>{link({ q: address }, address)}</div>
          ))}
          {count > addresses.length && <span class="small quiet">and {count - addresses.length} more</span>}
        </>
      ),
    },
    {
      key: 'pending',
      title: 'Group pending',
      show: ({ pending, pending_why: why }) => (pending ? (why ?? 'yes') : <span class="quiet">no</span>),
    },
  ];
}
