import type { Bench } from './bench.js';

/** All of them, in the order of the page; loaded only when they run. */
export const BENCHES: readonly (() => Promise<Bench>)[] = [
  async () => (await import('./rows/compile.js')).COMPILE,
  async () => (await import('./rows/sets.js')).SETS,
  async () => (await import('./rows/publishing.js')).PUBLISHING,
  async () => (await import('./rows/reports.js')).REPORTS,
  async () => (await import('./rows/http.js')).HTTP,
  async () => (await import('./rows/actors.js')).ACTORS,
  async () => (await import('./rows/start.js')).START,
  async () => (await import('./rows/growth.js')).GROWTH,
  async () => (await import('./rows/analysis.js')).ANALYSIS,
  async () => (await import('./rows/plan.js')).PLAN,
  async () => (await import('./rows/rollout.js')).ROLLOUT,
  async () => (await import('./rows/consoles.js')).CONSOLES,
  async () => (await import('./rows/hosts.js')).HOSTS,
  async () => (await import('./rows/actor-list.js')).ACTOR_LIST,
  async () => (await import('./rows/links.js')).LINKS,
  async () => (await import('./rows/scale.js')).SCALE,
  async () => (await import('./rows/soak.js')).SOAK,
];
