import { SelectField, TextField } from '../../parts/field.js';
import { changeQuery } from '../../route/route.js';

const ORIGINS: readonly (readonly [string, string])[] = [
  ['', 'Everything'],
  ['changed', 'Changed only'],
  ['default', 'Default'],
  ['file', 'File'],
  ['environment', 'Environment'],
  ['flag', 'Command line'],
  ['derived', 'Derived'],
];

export function SettingFilters({ q, origin }: { q: string; origin: string }) {
  return (
    <div class="filters">
      <TextField label="Search" type="search" value={q} onValue={(text) => changeQuery({ q: text })} />
      <SelectField
        label="Origin"
        value={origin}
        onValue={(value) => changeQuery({ origin: value })}
        choices={ORIGINS}
      />
    </div>
  );
}
