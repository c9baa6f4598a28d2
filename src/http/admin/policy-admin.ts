import type { Json, JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import { exportPolicy } from '../../transfer/export-policy.js';
import { importPolicy, type ImportOptions, type ImportReport } from '../../transfer/import-policy.js';
import { policyFileFromJson, policyFileToJson } from '../../transfer/policy-file.js';
import type { Clock } from '../../otp/index.js';

/** Exports and imports the whole policy as one file, for the operator of this machine. */
export interface PolicyAdmin {
  /** The JSON value of the file. */
  export(): Promise<JsonObject>;
  /** Rejects with `PolicyFileError` when `file` is not one that can be taken. */
  import(file: Json, options: Omit<ImportOptions, 'author'>): Promise<ImportReport>;
}

/** Works on an open store, in `author`'s name. `dialect`: the one that its rules are compiled in, if decided. */
export function policyAdminOnStore(
  store: Store,
  clock: Pick<Clock, 'now'>,
  dialect: () => 'dog1' | 'dog2' | undefined,
  author: string,
): PolicyAdmin {
  return {
    export: async () => policyFileToJson(await exportPolicy(store, { now: clock.now(), dialect: dialect() })),
    import: async (file, options) => importPolicy(store, policyFileFromJson(file), { ...options, author }),
  };
}
