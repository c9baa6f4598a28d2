import { CompileBook } from '../../firewall/policy/compile-book.js';
import { finish } from '../../firewall/finish.js';
import { World, WORLD_TABLES } from '../../world/world.js';
import type { Stage } from '../bench.js';
import { cpuMs } from '../cpu.js';
import { fleetPolicy, ID } from '../policy/fleet-policy.js';

/** Milliseconds of processor time in which so many groups of 50 rules, all different, are compiled from documents nobody has seen. */
export function compileAll(_stage: Stage, groups: number): Promise<number> {
  const world = new World({ generateUnset: false });
  const policy: Partial<Record<string, Iterable<never>>> = { ...(fleetPolicy({ groups }) as object) };
  for (const table of WORLD_TABLES) world.reconcile(table, policy[table] ?? []);
  const book = new CompileBook(world.policy, { dialect: 'dog2', generateUnset: false });
  const before = process.cpuUsage();
  for (let group = 0; group < groups; group += 1) {
    const compiled = finish(book.compile(ID.group(group)));
    if (!compiled.ok) throw new Error(`group${group}: ${compiled.error.message}`);
  }
  return Promise.resolve(cpuMs(before));
}
