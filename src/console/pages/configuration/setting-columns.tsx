import type { ShownSetting } from '../../../config/shown-settings.js';
import { Badge } from '../../parts/badge.js';
import type { Column } from '../../parts/data-table.js';
import { FilterLink } from '../../parts/filter-link.js';
import { isChanged } from './is-changed.js';
import { settingText } from './setting-text.js';

export const SETTING_COLUMNS: readonly Column<ShownSetting>[] = [
  { key: 'key', title: 'Key', show: (setting) => <Key setting={setting} /> },
  { key: 'value', title: 'Value', show: ({ value }) => <Value value={value} /> },
  { key: 'origin', title: 'Origin', show: ({ origin }) => <From origin={origin} /> },
  { key: 'where', title: 'Where', show: ({ where }) => where !== null && <code class="wrap">{where}</code> },
];

function Key({ setting }: { setting: ShownSetting }) {
  return <code>{isChanged(setting) ? <strong>{setting.key}</strong> : setting.key}</code>;
}

function Value({ value }: Pick<ShownSetting, 'value'>) {
  if (value === '') return <span class="quiet">empty</span>;
  const said = value === null || value === '(secret)';
  return <span class={said ? 'quiet' : 'setting-value'}>{settingText(value)}</span>;
}

function From({ origin }: Pick<ShownSetting, 'origin'>) {
  if (origin === null) return <span class="quiet">not known</span>;
  return (
    <FilterLink by={{ origin }}>
      <Badge>{origin}</Badge>
    </FilterLink>
  );
}
