import type { Document } from '../../model/document.js';
import type { Store } from '../../store/store.js';

type RuleTable = 'group' | 'zone' | 'service';

/** The documents that rules refer to, by table and id. */
export interface RuleTables {
  has(table: RuleTable, id: string): boolean;
  get(table: RuleTable, id: string): Document | undefined;
  readonly all: Readonly<Record<RuleTable, ReadonlyMap<string, Document>>>;
}

/** Reads the tables that rules refer to. */
export async function loadRuleTables(store: Store): Promise<RuleTables> {
  const load = async (table: RuleTable) => new Map((await store.list(table)).map(({ doc }) => [doc.id, doc] as const));
  const [group, zone, service] = await Promise.all([load('group'), load('zone'), load('service')]);
  const all = { group, zone, service };
  return { all, has: (table, id) => all[table].has(id), get: (table, id) => all[table].get(id) };
}
