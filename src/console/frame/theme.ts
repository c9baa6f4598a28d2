import { signal } from '@preact/signals';

const KEY = 'dog-trainer.theme';

export type Theme = 'system' | 'light' | 'dark';

function kept(): Theme {
  const text = localStorage.getItem(KEY);
  return text === 'light' || text === 'dark' ? text : 'system';
}

export const theme = signal<Theme>(kept());

/** Shows it, and keeps it for the next time. */
export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  if (wanted === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, wanted);
  showTheme();
}

export function showTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}
