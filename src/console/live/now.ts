import { signal, type ReadonlySignal } from '@preact/signals';

const seconds = signal(Math.floor(Date.now() / 1000));

setInterval(() => {
  if (document.visibilityState === 'visible') seconds.value = Math.floor(Date.now() / 1000);
}, 1000);

/** Epoch seconds, for what says how long ago something was. */
export const now: ReadonlySignal<number> = seconds;
