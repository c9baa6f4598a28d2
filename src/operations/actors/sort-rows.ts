import type { ProcessInfo } from '../../otp/index.js';
import type { ActorRow, ActorsNeeds } from './actor-rows.js';
import type { ActorSort } from './actor-view.js';

/** How a row is weighed: the greatest first. */
const FIGURES: Partial<Record<ActorSort, (row: ActorRow, info: () => ProcessInfo | undefined) => number>> = {
  mailbox: (_row, info) => info()?.messageQueueLen ?? 0,
  busy: (_row, info) => info()?.currentMs ?? 0,
  messages: (_row, info) => info()?.reductions ?? 0,
  dropped: (_row, info) => info()?.dropped ?? 0,
  restarts: (row) => row.restarts,
  crashed: (row) => row.lastCrash?.at ?? 0,
  age: (_row, info) => -(info()?.startedAt ?? Infinity),
};

/** In the order asked for; equal ones, and all with `start`, in the order of their start. One look at each row. */
export function sorted(
  { system, nameOf }: ActorsNeeds,
  rows: readonly ActorRow[],
  sort: ActorSort,
): readonly ActorRow[] {
  if (sort === 'start') return rows;
  const figure = FIGURES[sort];
  if (figure !== undefined) {
    const weighed = rows.map((row) => ({
      row,
      by: figure(row, () => (typeof row.child === 'object' ? system.info(row.child) : undefined)),
    }));
    return weighed.sort((a, b) => b.by - a.by).map(({ row }) => row);
  }
  // By code unit: a collator would take longer than all else.
  const named = rows.map((row) => ({ row, by: (sort === 'name' ? nameOf?.(row.id) : undefined) ?? row.id }));
  return named.sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0)).map(({ row }) => row);
}
