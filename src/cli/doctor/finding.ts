/** One thing that was looked at. `advice`: what to do, where it is not well. */
export interface Finding {
  readonly what: string;
  readonly level: 'ok' | 'warning' | 'wrong';
  readonly says: string;
  readonly advice?: string;
}

export function ok(what: string, says: string): Finding {
  return { what, level: 'ok', says };
}
export function warning(what: string, says: string, advice: string): Finding {
  return { what, level: 'warning', says, advice };
}
export function wrong(what: string, says: string, advice: string): Finding {
  return { what, level: 'wrong', says, advice };
}
