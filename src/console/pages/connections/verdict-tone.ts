import type { Tone } from '../../parts/tone.js';

const TONES: Readonly<Record<string, Tone>> = {
  accept: 'ok',
  drop: 'bad',
  reject: 'bad',
  mixed: 'warn',
  depends: 'warn',
  unknown: 'warn',
};

/** How a verdict is shown. It is no judgement: what is meant to be dropped is dropped. */
export function verdictTone(verdict: string): Tone {
  return TONES[verdict] ?? 'none';
}
