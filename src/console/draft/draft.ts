import { computed, effect, signal } from '@preact/signals';
import { sameJson } from '../../model/same-json.js';
import { type DraftEntry, type DraftKey, isOfKey } from './draft-entry.js';
import { forgetPasswords } from './link-password.js';
import { refusal } from './refusal.js';

const KEY = 'dog-trainer.draft';

/** It is kept so long after the last change, in milliseconds. */
const KEEP_AFTER_MS = 200;

function kept(): readonly DraftEntry[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as readonly DraftEntry[];
  } catch {
    return [];
  }
}

const entries = signal<readonly DraftEntry[]>(kept());

/**
 * What was changed here and is not applied yet, kept as long as the tab is open (docs/console.md#policy). No secret is in it:
 * link-password.ts.
 */
export const draft = computed(() => entries.value);

/** The tab has no room for it: it is lost when the page is loaded again. */
export const draftNotKept = signal(false);

let timer: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const value = entries.value;
  clearTimeout(timer);
  timer = setTimeout(() => keep(value), KEEP_AFTER_MS);
});
addEventListener('pagehide', () => keep(entries.peek()));

function keep(value: readonly DraftEntry[]): void {
  try {
    if (value.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(value));
    draftNotKept.value = false;
  } catch {
    draftNotKept.value = true;
  }
}

export function entryOf(key: DraftKey): DraftEntry | undefined {
  return entries.value.find(isOfKey(key));
}

/** Puts these in place of what the draft has of the same documents. One that is as the document was is left out. */
export function putInDraft(...changed: readonly DraftEntry[]): void {
  const isChanged = (one: DraftKey) => changed.some(isOfKey(one));
  const places = new Map(changed.map((one) => [`${one.resource} ${one.id}`, one]));
  const stay = entries.value.map((one) => (isChanged(one) ? (places.get(`${one.resource} ${one.id}`) ?? one) : one));
  const fresh = changed.filter((one) => !entries.value.some(isOfKey(one)));
  if (refusal.value !== undefined && isChanged(refusal.value)) refusal.value = undefined;
  entries.value = [...stay, ...fresh].filter(isChange);
}

function isChange({ base, wanted }: DraftEntry): boolean {
  return !sameJson(base, wanted);
}

/** Takes back what was changed of these. */
export function dropFromDraft(...keys: readonly DraftKey[]): void {
  entries.value = entries.value.filter((one) => !keys.some(isOfKey(one)));
  if (refusal.value !== undefined && keys.some(isOfKey(refusal.value))) refusal.value = undefined;
}

export function discardDraft(): void {
  entries.value = [];
  refusal.value = undefined;
  forgetPasswords();
}
