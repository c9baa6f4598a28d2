import type { Json, JsonObject } from '../../model/document.js';
import type { Foresight } from '../../plan/foresight.js';
import type { Store } from '../../store/store.js';
import { exportPolicy } from '../../transfer/export-policy.js';
import { importPolicy, type ImportOptions, type ImportReport } from '../../transfer/import-policy.js';
import { policyFileFromJson, policyFileToJson } from '../../transfer/policy-file.js';
import { commitPolicy } from '../documents/commit-policy.js';
import type { Clock } from '../../otp/index.js';

/** Exports and imports the whole policy as one file, for the operator of this machine. */
export interface PolicyAdmin {
  /** The JSON value of the file. */
  export(): Promise<JsonObject>;
  /** Rejects with `PolicyFileError` when `file` is not one that can be taken. */
  import(file: Json, options: PolicyImport): Promise<ImportReport>;
}

export interface PolicyAdminOptions {
  /** In whose name it is done. */
  readonly author: string;
  /** What tells which assertions an import would break. */
  readonly foresight: () => Foresight;
}

/** What an import is to do. */
export interface PolicyImport extends Pick<ImportOptions, 'dryRun' | 'replace'> {
  /** Why it may break assertions. */
  readonly override?: string;
}

/** Works on an open store. `dialect`: the one that its rules are compiled in, if decided. */
export function policyAdminOnStore(
  store: Store,
  clock: Pick<Clock, 'now'>,
  dialect: () => 'dog1' | 'dog2' | undefined,
  { author, foresight }: PolicyAdminOptions,
): PolicyAdmin {
  return {
    export: async () => policyFileToJson(await exportPolicy(store, { now: clock.now(), dialect: dialect() })),
    import: async (file, { dryRun, replace, override = null }) =>
      importPolicy(store, policyFileFromJson(file), {
        author,
        dryRun,
        replace,
        dialect: dialect(),
        commit: (changes) =>
          commitPolicy({ store, foresight: foresight() }, changes, { author, override, reason: override, plan: null }),
      }),
  };
}
