import type { ComponentType } from 'preact';

/** A page of the console: where it is, what it is called, and how it is loaded. */
export interface PageEntry {
  /** First segment of its address. */
  readonly segment: string;
  readonly title: string;
  /** After `g`, the key that leads there; unique. */
  readonly key: string;
  /** A line is drawn above it in the menu. */
  readonly gap?: true;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** In the order of the menu; the first is where the console begins. */
export const PAGES: readonly PageEntry[] = [
  { segment: 'now', title: 'Now', key: 'n', load: () => import('../pages/now/now-page.js') },
  { segment: 'hosts', title: 'Hosts', key: 'h', load: () => import('../pages/hosts/hosts-page.js') },
  { segment: 'groups', title: 'Groups', key: 'g', load: () => import('../pages/groups/groups-page.js') },
  { segment: 'policy', title: 'Policy', key: 'p', gap: true, load: () => import('../pages/policy/policy-page.js') },
  {
    segment: 'connections',
    title: 'Who may talk to whom',
    key: 'w',
    load: () => import('../pages/connections/connections-page.js'),
  },
  { segment: 'rollouts', title: 'Rollouts', key: 'r', load: () => import('../pages/rollouts/rollouts-page.js') },
  {
    segment: 'publishing',
    title: 'Publishing',
    key: 'b',
    gap: true,
    load: () => import('../pages/publishing/publishing-page.js'),
  },
  { segment: 'actors', title: 'Actors', key: 'a', load: () => import('../pages/actors/actors-page.js') },
  { segment: 'refused', title: 'Refused', key: 'f', load: () => import('../pages/refused/refused-page.js') },
  { segment: 'alarms', title: 'Alarms', key: 'm', load: () => import('../pages/alarms/alarms-page.js') },
  { segment: 'audit', title: 'Audit', key: 'u', gap: true, load: () => import('../pages/audit/audit-page.js') },
  { segment: 'tokens', title: 'Tokens', key: 't', load: () => import('../pages/tokens/tokens-page.js') },
  {
    segment: 'configuration',
    title: 'Configuration',
    key: 'c',
    load: () => import('../pages/configuration/configuration-page.js'),
  },
];
