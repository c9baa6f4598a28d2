import { signal, type ReadonlySignal } from '@preact/signals';
import type { Told } from './event-lines.js';

/** So many are kept for pages that are shown later. */
const KEPT = 100;

const kept = signal<readonly Told[]>([]);

/** What happened to the fleet last, newest first: the frame listens as long as it is shown, and keeps it here. */
export const lastEvents: ReadonlySignal<readonly Told[]> = kept;

/** Keeps an event, each once: a stream that begins anew may tell one again. */
export function keepEvent(event: Told): void {
  if (event.id !== undefined && kept.value.some(({ id }) => id === event.id)) return;
  kept.value = [event, ...kept.value].slice(0, KEPT);
}
