import { signal } from '@preact/signals';

/** The field of the question that the server refused last. */
export const lastFault = signal<{ readonly field: string; readonly text: string } | undefined>(undefined);
