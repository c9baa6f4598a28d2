import type { ComponentType } from 'preact';
import type { PageSegment } from './page-list.js';

type Load = () => Promise<{ readonly default: ComponentType }>;

/** How each page is loaded: a file of its own, when it is first shown. */
export const LOADS: Readonly<Record<PageSegment, Load>> = {
  now: () => import('../pages/now/now-page.js'),
  hosts: () => import('../pages/hosts/hosts-page.js'),
  groups: () => import('../pages/groups/groups-page.js'),
  policy: () => import('../pages/policy/policy-page.js'),
  connections: () => import('../pages/connections/connections-page.js'),
  rollouts: () => import('../pages/rollouts/rollouts-page.js'),
  publishing: () => import('../pages/publishing/publishing-page.js'),
  actors: () => import('../pages/actors/actors-page.js'),
  refused: () => import('../pages/refused/refused-page.js'),
  alarms: () => import('../pages/alarms/alarms-page.js'),
  audit: () => import('../pages/audit/audit-page.js'),
  tokens: () => import('../pages/tokens/tokens-page.js'),
  configuration: () => import('../pages/configuration/configuration-page.js'),
};
