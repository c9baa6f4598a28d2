import type { ShownSetting } from '../../../config/shown-settings.js';
import { isChanged } from './is-changed.js';
import { settingText } from './setting-text.js';

/** Those whose key, value or place has all words of `q`, and whose origin is the one asked for (`changed`: none of ours). */
export function wantedSettings(settings: readonly ShownSetting[], q: string, origin: string): readonly ShownSetting[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter((setting) => {
    const text = `${setting.key} ${settingText(setting.value)} ${setting.where ?? ''}`.toLowerCase();
    return isOf(setting, origin) && words.every((word) => text.includes(word));
  });
}

function isOf(setting: ShownSetting, wanted: string): boolean {
  if (wanted === '') return true;
  return wanted === 'changed' ? isChanged(setting) : setting.origin === wanted;
}
