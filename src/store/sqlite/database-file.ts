import { Database } from '../../sqlite/database.js';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkVersion, migrate, schemaText } from './schema.js';
import { corrupt, storeError } from './sqlite-errors.js';

/** The file's name in the data folder. */
export const DATABASE_NAME = 'dog_trainer.db';

/** Bytes of SQLite's smallest page. SQLite treats a shorter file as an empty database and starts a new one in it. */
export const SMALLEST = 512;

/** Reports to the operator, in one sentence per call, what the store found and did by itself. */
export type Notice = (message: string) => void;

/**
 * Opens the database at `path`, made anew if there is none, and checks it. The caller holds the owner lock.
 * @throws StoreError `corrupt`, `incompatible`, `unavailable` or `full`, naming the file and what to do
 */
export function openDatabaseFile(path: string, notice: Notice): Database {
  if (path === ':memory:') return openMemory();
  let db: Database | undefined;
  try {
    if (!existsSync(path)) create(path);
    const { size } = statSync(path);
    if (size < SMALLEST) throw corrupt(path, `it has ${size} bytes, a database has at least ${SMALLEST}`);
    db = new Database(path, { fileMustExist: true, timeout: 0 });
    setUp(db);
    checkVersion(db, path);
    const from = migrate(db);
    const to = db.pragma('user_version', { simple: true }) as number;
    if (from !== to) notice(`${path} was brought from schema version ${from} to ${to}`);
    checkWhole(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(error, path);
  }
}

function openMemory(): Database {
  const db = new Database(':memory:');
  migrate(db);
  return db;
}

function setUp(db: Database): void {
  db.pragma('cell_size_check = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('journal_mode = WAL');
  // The log is synced by LogSync before a commit is answered; SQLite itself syncs around checkpoints.
  db.pragma('synchronous = NORMAL');
}

/**
 * SQLite takes an empty file for a new database. So that a database cut to nothing is never taken for one, a new one
 * appears under its name only when it is complete.
 */
function create(path: string): void {
  if (existsSync(`${path}-wal`)) {
    throw corrupt(path, `the file is missing, but its log ${path}-wal is there`);
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(fresh + suffix, { force: true });
  // It will hold passwords of links and hashes of tokens; SQLite gives its side files the same mode.
  closeSync(openSync(fresh, 'wx', 0o600));
  const db = new Database(fresh, { timeout: 0 });
  try {
    setUp(db);
    migrate(db);
  } finally {
    db.close();
  }
  renameDurably(fresh, path);
}

/** Renames so that the new name is on the disk when this returns. */
export function renameDurably(from: string, to: string): void {
  fsyncPath(from);
  renameSync(from, to);
  fsyncPath(dirname(to));
}

function fsyncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Pages, tables and the schema itself; what the rows say is checked when they are loaded. */
export function checkWhole(db: Database, path: string): void {
  const complaints = db.pragma('quick_check(3)', { simple: false }) as { quick_check: string }[];
  const first = complaints[0]?.quick_check;
  if (first !== 'ok') throw corrupt(path, first ?? 'its check gave no answer');
  const model = openMemory();
  try {
    if (schemaText(db) !== schemaText(model)) throw corrupt(path, 'its tables are not those of its schema version');
  } finally {
    model.close();
  }
}
