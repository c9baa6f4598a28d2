import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/** What the module of Node-API 10 needs; it ends the process on an older Node at the first database. */
const NODE_API = 10;

/**
 * better-sqlite3 for the Node that runs: 13 from Node 22.14 on, 12 before (`better-sqlite3-node20`, the same package).
 * 12 ends the process on newer releases of Node 24 and can't be replaced on Node 20
 * (docs/decisions/0048-two-releases-of-better-sqlite3.md).
 */
export const Database = createRequire(import.meta.url)(
  Number(process.versions.napi) < NODE_API ? 'better-sqlite3-node20' : 'better-sqlite3',
) as typeof BetterSqlite3;

/** An open database. */
export type Database = BetterSqlite3.Database;
