import { OWN_TABLES, POLICY_TABLES } from '../../../model/document.js';
import { SelectField, TextField } from '../../parts/field.js';
import { QueryField } from '../../parts/query-field.js';
import { changeQuery, place } from '../../route/route.js';
import { fromLocalText, toLocalText } from './local-moment.js';

const RESOURCES: readonly (readonly [string, string])[] = [
  ['', 'all'],
  ...[...POLICY_TABLES, ...OWN_TABLES].map((table) => [table, table] as const),
];

/** By what the audit trail can be narrowed; a change of one begins at the newest. */
export function AuditFilters() {
  const { query } = place.value;
  const newest = () => ({ before: null });
  return (
    <div class="filters" role="search" aria-label="Narrow the audit trail">
      <SelectField
        label="Resource"
        value={query.get('resource') ?? ''}
        choices={RESOURCES}
        onValue={(resource) => changeQuery({ resource, before: null })}
      />
      <QueryField label="Id" name="id" search besides={newest} />
      <QueryField label="Author" name="author" besides={newest} />
      <Moment label="From" name="from" />
      <Moment label="Until" name="until" />
    </div>
  );
}

/** A moment of the browser's own time; the query holds epoch seconds. */
function Moment({ label, name }: { label: string; name: 'from' | 'until' }) {
  return (
    <TextField
      type="datetime-local"
      label={label}
      value={toLocalText(place.value.query.get(name))}
      onValue={(text) => {
        const at = fromLocalText(text);
        if (text === '' || at !== undefined) changeQuery({ [name]: at, before: null });
      }}
    />
  );
}
