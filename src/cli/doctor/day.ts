/** `time` is in epoch milliseconds; gives the day, as 2026-06-01. */
export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
