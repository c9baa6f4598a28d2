/** How something stands; beside the colour there is always a word (docs/console.md#colours). */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'none';
