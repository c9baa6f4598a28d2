import { signal } from '@preact/signals';

const KEY = 'dog-trainer.token';

/**
 * The token that was typed in, or null. It is kept as long as the tab is open, and no longer: nothing of it is written
 * where another tab or the next session finds it (docs/console.md#tokens).
 */
export const token = signal<string | null>(sessionStorage.getItem(KEY));

export function keepToken(text: string): void {
  sessionStorage.setItem(KEY, text);
  token.value = text;
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  token.value = null;
}
