/** A page of the console: where it is, and what it is called. */
export interface PageEntry {
  /** First segment of its address. */
  readonly segment: string;
  readonly title: string;
  /** After `g`, the key that leads there; unique. */
  readonly key: string;
  /** A line is drawn above it in the menu. */
  readonly gap?: true;
}

/** In the order of the menu; the first is where the console begins. */
export const PAGES = [
  { segment: 'now', title: 'Now', key: 'n' },
  { segment: 'hosts', title: 'Hosts', key: 'h' },
  { segment: 'groups', title: 'Groups', key: 'g' },
  { segment: 'policy', title: 'Policy', key: 'p', gap: true },
  { segment: 'connections', title: 'Who may talk to whom', key: 'w' },
  { segment: 'rollouts', title: 'Rollouts', key: 'r' },
  { segment: 'publishing', title: 'Publishing', key: 'b', gap: true },
  { segment: 'actors', title: 'Actors', key: 'a' },
  { segment: 'refused', title: 'Refused', key: 'f' },
  { segment: 'alarms', title: 'Alarms', key: 'm' },
  { segment: 'audit', title: 'Audit', key: 'u', gap: true },
  { segment: 'tokens', title: 'Tokens', key: 't' },
  { segment: 'configuration', title: 'Configuration', key: 'c' },
] as const satisfies readonly PageEntry[];

export type PageSegment = (typeof PAGES)[number]['segment'];
