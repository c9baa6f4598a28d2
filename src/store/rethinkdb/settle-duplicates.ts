import type { Connection, RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';

interface TableConfig {
  readonly id: string;
  readonly name: string;
}

/** Whether RethinkDB refused something because there are several tables of the name. */
export function isAmbiguous(error: unknown): boolean {
  return error instanceof Error && error.message.includes('is ambiguous');
}

/**
 * RethinkDB makes two tables of one name when two servers ask for it at the same moment, and from then on does nothing
 * with either. Leaves one of each name, that with the smallest id, so that servers which do this together agree. The
 * others were just made: they go if they are empty, else they stay under a name of their own.
 */
export async function settleDuplicates(connection: Connection, db: string): Promise<void> {
  const configs = r.db('rethinkdb').table<TableConfig>('table_config');
  const found = await configs.filter((row: RDatum) => row('db').eq(db)).run(connection);
  const kept = new Set<string>();
  for (const { id, name } of [...found].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!kept.has(name)) {
      kept.add(name);
      continue;
    }
    const aside = `${name}_twice_${id.replaceAll('-', '')}`;
    await configs.get(id).update({ name: aside }).run(connection);
    try {
      await r.table(aside).wait({ waitFor: 'ready_for_writes', timeout: 20 }).run(connection);
      if (await r.table(aside).isEmpty().run(connection)) await r.tableDrop(aside).run(connection);
    } catch (error) {
      // Another server that does the same was faster.
      if (!(error instanceof Error) || !error.message.includes('does not exist')) throw error;
    }
  }
}
