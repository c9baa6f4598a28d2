import type { Stage } from '../bench.js';
import { addressesToMessage } from './addresses-to-message.js';
import { compileAll } from './compile-all.js';
import { storeReports } from './store-reports.js';

/** Milliseconds of processor time for so many, from documents nobody has seen. */
export type GrowthCost = (stage: Stage, amount: number) => Promise<number>;

/** What is measured of two amounts, by the name of its plot. */
export const GROWTH_SUBJECTS = {
  'all groups compiled': compileAll,
  'a report of each host stored': storeReports,
  'a zone to its message': addressesToMessage,
} satisfies Readonly<Record<string, GrowthCost>>;
export type GrowthSubject = keyof typeof GROWTH_SUBJECTS;

/** What the process of one sample is told: to do the subject `times` times, so many at once. */
export interface GrowthOrder {
  readonly subject: GrowthSubject;
  readonly dist: string;
  readonly amount: number;
  readonly times: number;
}

/** What it answers: milliseconds of processor time for `amount`, on average, or why it could not. */
export type GrowthWord = { readonly ms: number } | { readonly failed: string };
