import type { Log } from '../log/log.js';

/** The keys of the configuration's `api` section that the HTTP room reads. Sizes in bytes, times in milliseconds. */
export interface ApiConfig {
  /** The address it listens on, and further names that it answers to (`name` or `*.domain`). */
  readonly host: string;
  readonly allowed_hosts: readonly string[];
  readonly auth: 'none' | 'tokens';
  /** Whether remote commands and file transfer are allowed at all (docs/http-api.md#who-asks). */
  readonly commands: boolean;
  /** Absent: as the dialect says (`unknownReferences`). */
  readonly unknown_references: 'accept' | 'refuse' | undefined;
  readonly max_body_bytes: number;
  /**
   * Bounds of JSON bodies beside their bytes: nested levels, values in all, members of one object, characters of all
   * strings.
   */
  readonly max_body_depth: number;
  readonly max_body_values: number;
  readonly max_object_members: number;
  readonly max_body_characters: number;
  readonly max_upload_bytes: number;
  readonly request_timeout_ms: number;
  readonly headers_timeout_ms: number;
  readonly keep_alive_timeout_ms: number;
  readonly max_connections: number;
  readonly auth_failures_per_minute: number;
}

export interface HttpConfig {
  /** Where uploads are kept until they are sent. */
  readonly data_dir: string;
  /** Of the server, as `--version` prints it. */
  readonly version: string;
  /** Name of this environment, two characters; `GET /api/V2/ipsets` names it. */
  readonly env: string;
  /** Whether rulesets without sets are made too: rules must then compile for those as well. */
  readonly generate_unset_tables: boolean;
  /** How long a host may take over a command or a block of a file, and how large a block is at most. */
  readonly command_execution_timeout_ms: number;
  readonly file_transfer_timeout_ms: number;
  readonly file_delete_timeout_ms: number;
  readonly max_block_size_bytes: number;
  readonly ec2: { readonly mode: 'off' | 'plan' | 'apply' };
  readonly plan: {
    readonly keep_seconds: number;
    readonly kept_max: number;
    readonly writes_max: number;
  };
  readonly api: ApiConfig;
  /** This server's name among the servers of one store; default: its machine's name. */
  readonly cluster?: { readonly name?: string | undefined; readonly url?: string | undefined };
}

/** The logger of the HTTP room. */
export type HttpLog = Pick<Log, 'info' | 'warn' | 'error'>;
