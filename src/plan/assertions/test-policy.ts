import { CompileBook } from '../../firewall/policy/compile-book.js';
import type { Dialect } from '../../firewall/dialect.js';
import { finish } from '../../firewall/finish.js';
import type { Document } from '../../model/document.js';
import { World, WORLD_TABLES } from '../../world/world.js';
import { SetLook } from '../set-look.js';
import { wouldShip } from '../would-ship.js';
import type { Judgement } from './assess.js';
import { Court } from './court.js';

/** Judges assertions on a policy that is read from somewhere else than a store, such as an exported file. */
export function testPolicy(
  rows: Readonly<Partial<Record<string, readonly Document[]>>>,
  assertions: readonly Document[],
  options: { readonly dialect: Dialect; readonly anyIsEveryone: boolean },
): readonly Judgement[] {
  const { dialect } = options;
  const world = new World({ generateUnset: false, anyIsEveryone: options.anyIsEveryone });
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  const none = new Map<string, readonly string[]>();
  const needs = {
    world,
    compiles: new CompileBook(world.policy, { dialect, generateUnset: false }),
    dialect,
    generateUnset: false,
    ipsetScope: 'all' as const,
    contents: () => none,
    look: new SetLook(dialect),
    court: new Court(dialect),
  };
  return finish(wouldShip(needs, [], { effects: false, judged: { assertions, guards: [], which: 'all' } })).judgements
    .assertions;
}
