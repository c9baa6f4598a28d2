import type { Resource } from '../model/document.js';
import { RESOURCE_NAMES } from '../resources/resources.js';
import type { Change, CommitResult, Store, Stored } from '../store/store.js';
import { StoreError } from '../store/store.js';
import { planImport, type ImportClash, type ImportItem, type StoredPolicy } from './import-plan.js';
import type { PolicyFile } from './policy-file.js';

export interface ImportOptions {
  readonly author: string;
  /** Only reports what would change. */
  readonly dryRun: boolean;
  /** Removes what the file does not have. */
  readonly replace: boolean;
  /** In which dialect rules are compiled here, the configuration being asked first. Absent: what the store says alone. */
  readonly dialect?: 'dog1' | 'dog2' | undefined;
  /** How it is committed, where more is to be looked at than the store does. Absent: by the store alone. */
  readonly commit?: (changes: readonly Change[]) => Promise<CommitResult>;
}

export interface ImportReport {
  /** False: nothing was written, because of `dryRun` or because there are clashes. */
  readonly written: boolean;
  readonly items: readonly ImportItem[];
  readonly clashes: readonly ImportClash[];
  /** Further notes for the operator, one sentence each. */
  readonly notes: readonly string[];
}

/** The setting that says in which dialect an installation compiles (docs/rulesets.md#two-dialects). */
const DIALECT_SETTING = 'ruleset_dialect';
const TRIES = 5;

async function readAll(store: Store): Promise<StoredPolicy> {
  const lists: Partial<Record<Resource, readonly Stored[]>> = {};
  for (const name of RESOURCE_NAMES) lists[name] = await store.list(name);
  return lists as StoredPolicy;
}

/**
 * Brings a file's documents into a store in one commit, with one audit entry per document: all or nothing. When others change
 * documents in between, it is planned anew from what is there then.
 * @throws StoreError; `busy` when others never stop changing the same documents
 */
export async function importPolicy(store: Store, file: PolicyFile, options: ImportOptions): Promise<ImportReport> {
  for (let tries = 1; ; tries += 1) {
    const there = await readAll(store);
    const { items, clashes, changes } = planImport(file, there, options);
    const dialect = await dialectStep(store, file, there, options.dialect);
    const report = { items, clashes, notes: dialect.notes };
    const steps = [...changes, ...dialect.changes];
    if (clashes.length > 0 || options.dryRun) return { ...report, written: false };
    if (steps.length === 0) return { ...report, written: true };
    const result = await (options.commit?.(steps) ?? store.commit(steps, { author: options.author }));
    if (result.ok) return { ...report, written: true };
    if (tries === TRIES)
      throw new StoreError(
        'busy',
        `others keep changing what is imported (${result.failure.reason}); nothing was written`,
      );
  }
}

/** The same policy gives the same bytes only in the same dialect: a store without groups takes over the file's. */
async function dialectStep(
  store: Store,
  { dialect }: PolicyFile,
  there: StoredPolicy,
  here: ImportOptions['dialect'],
): Promise<{ readonly changes: readonly Change[]; readonly notes: readonly string[] }> {
  if (dialect === undefined) return { changes: [], notes: [] };
  const chosen = here ?? (await store.get('setting', DIALECT_SETTING))?.doc.value;
  if (chosen === dialect) return { changes: [], notes: [] };
  if (there.group.length > 0)
    return {
      changes: [],
      notes: [
        `the file's rules were compiled in dialect ${dialect}; this installation's is ${typeof chosen === 'string' ? chosen : 'not that'}, and stays (set ruleset_dialect to change it)`,
      ],
    };
  return {
    changes: [
      {
        op: 'upsert',
        table: 'setting',
        id: DIALECT_SETTING,
        edit: () => ({ id: DIALECT_SETTING, value: dialect }),
      },
    ],
    notes: [
      `rules are compiled in dialect ${dialect}, as where the file comes from; a running server must be restarted for that`,
    ],
  };
}
