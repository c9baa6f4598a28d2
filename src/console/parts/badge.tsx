import type { ComponentChildren } from 'preact';
import type { Tone } from './tone.js';

const MARKS: Readonly<Record<Tone, string>> = { ok: '✓', warn: '!', bad: '✕', info: '…', none: '' };

/** A word for how something stands. */
export function Badge({
  tone = 'none',
  title,
  children,
}: {
  tone?: Tone;
  title?: string | undefined;
  children: ComponentChildren;
}) {
  return (
    <span class="badge" data-tone={tone} title={title}>
      {MARKS[tone] !== '' && <span aria-hidden="true">{MARKS[tone]}</span>}
      {children}
    </span>
  );
}
