import type { PolicyFault } from '../../firewall/policy/policy.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { World } from '../../world/world.js';
import type { Log } from '../../log/log.js';

export interface LogSetProblemsNeeds {
  readonly world: Pick<World, 'policy'>;
  readonly log: Pick<Log, 'warn'>;
}

/** So many documents that can't be read are named at once; the others are counted. */
const FAULTS_TOLD = 50;

/** Logs what is wrong with the sets and was not with those `before`. */
export function logSetProblems(
  needs: LogSetProblemsNeeds,
  rendered: RenderedSets,
  before: RenderedSets | undefined,
): void {
  const known = new Set(before?.problems.map(({ set, reason }) => `${set} ${reason}`));
  for (const { set, kind, reason } of rendered.problems)
    if (!known.has(`${set} ${reason}`)) needs.log.warn({ set, kind }, reason);
  logFaults(needs, rendered, before);
}

/** A host whose addresses can't be read is missing from every set: somebody must be told, once. */
function logFaults(
  { log, world }: LogSetProblemsNeeds,
  rendered: RenderedSets,
  before: RenderedSets | undefined,
): void {
  const known = new Set(before?.faults.map(keyOf));
  const fresh = rendered.faults.filter((fault) => !known.has(keyOf(fault)));
  for (const { table, id, reason } of fresh.slice(0, FAULTS_TOLD))
    log.warn({ table, id, name: world.policy[table].get(id)?.name }, `not all of it is in the sets: ${reason}`);
  if (fresh.length > FAULTS_TOLD)
    log.warn({ more: fresh.length - FAULTS_TOLD }, 'further documents are not in the sets as a whole');
}

function keyOf({ table, id, reason }: PolicyFault): string {
  return `${table} ${id} ${reason}`;
}
