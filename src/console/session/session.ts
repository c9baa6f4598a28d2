import { computed, signal } from '@preact/signals';
import type { SessionAnswer } from '../../operations/session-answer.js';
import { ApiFailure } from '../api/api-failure.js';
import { ask } from '../api/ask.js';
import { token } from './token.js';

/** Who this page asks as: `asking` at first, `signed_out` when the server wants a token that it does not have. */
export type Session =
  | { readonly state: 'asking' }
  | { readonly state: 'signed_out'; readonly why: string | null }
  | { readonly state: 'no_answer'; readonly why: string }
  | { readonly state: 'known'; readonly who: SessionAnswer };

export const session = signal<Session>({ state: 'asking' });

/** Whether who asks may write; the server checks it again. */
export const mayWrite = computed(() => session.value.state === 'known' && session.value.who.scopes.includes('write'));

/** Why what writes is not on offer, for the title of what is switched off; undefined: it is. */
export const whyNoWrites = computed(() =>
  mayWrite.value ? undefined : 'Your token may read only: this needs one with the scope write',
);

/** Asks the server who this is, with the token that there is. */
export async function learnSession(): Promise<void> {
  const typed = token.value !== null;
  try {
    const { value } = await ask<SessionAnswer>('/api/V2/session');
    session.value = { state: 'known', who: value };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.status === 401 || error.status === 403 || error.status === 429)
      session.value = { state: 'signed_out', why: typed ? error.message : null };
    else session.value = { state: 'no_answer', why: error.message };
  }
}
