/** Epoch seconds, as text, as a field `datetime-local` takes them: the browser's own time. */
export function toLocalText(seconds: string | null): string {
  if (seconds === null || !/^\d{1,11}$/.test(seconds)) return '';
  const date = new Date(Number(seconds) * 1000);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Epoch seconds of such a text; undefined: it is none, or before 1970. */
export function fromLocalText(text: string): number | undefined {
  const at = new Date(text).getTime();
  return Number.isFinite(at) && at >= 0 ? Math.floor(at / 1000) : undefined;
}
