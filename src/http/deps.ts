import type { Alarm } from '../alarms/alarm-book.js';
import type { Log } from '../log/log.js';
import type { Json, JsonObject } from '../model/document.js';
import type { ActorNode, Clock } from '../otp/index.js';
import type { Store } from '../store/store.js';

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
  /** Bounds of JSON bodies beside their bytes: nested levels, values in all, members of one object, characters of all texts. */
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
  /** Name of this environment, two characters; `GET /api/V2/ipsets` names it. */
  readonly env: string;
  /** Whether rulesets without sets are made too: rules must then compile for those as well. */
  readonly generate_unset_tables: boolean;
  /** How long a host may take over a command or a block of a file, and how large a block is at most. */
  readonly command_execution_timeout_ms: number;
  readonly file_transfer_timeout_ms: number;
  readonly file_delete_timeout_ms: number;
  readonly max_block_size_bytes: number;
  readonly api: ApiConfig;
  /** How this server is called among those of one store; without it, by its machine's name. */
  readonly cluster?: { readonly name?: string | undefined; readonly url?: string | undefined };
}

/** Whether the server may serve traffic, and if not, why: one sentence a reason. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** Whether outgoing messages are held back by an operator. */
export interface PublishingState {
  readonly paused: boolean;
  /** Epoch seconds and author of the last change, where there was one. */
  readonly since?: number;
  readonly author?: string;
}

/** The agent's answer to a command or file request; `error` is what the agent said, a text or a list of texts. */
export type AgentAnswer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Json };

/** `timeout`: no answer in time; `unavailable`: the broker is away; nothing is ever kept for later. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: 'timeout' | 'unavailable';
  constructor(code: 'timeout' | 'unavailable', message: string) {
    super(message);
    this.code = code;
  }
}

/** Who asks: `api_user` of docs/protocol.md#remote-commands-and-files. */
export interface CommandCaller {
  readonly apiUser?: string;
}

/** Remote commands and files (docs/protocol.md#remote-commands-and-files). Calls may reject with `CommandError`. */
export interface Commands {
  execute(
    hostkey: string,
    command: string,
    options: CommandCaller & { readonly useShell: boolean; readonly user?: string },
  ): Promise<AgentAnswer<string>>;
  /** Sends the file to the absolute `path` on the host; resolves when the broker has confirmed every block. */
  sendFile(hostkey: string, path: string, content: Uint8Array, caller: CommandCaller): Promise<void>;
  fetchFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<Uint8Array>>;
  deleteFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<null>>;
}

/** Another server of the same store, as it wrote itself into the lease. */
export interface LeadingServer {
  /** `cluster.name` of that server. */
  readonly name: string;
  /** Base URL where its API is reached, without a slash at its end. */
  readonly url: string;
  readonly term: number;
}

/** What this server is among those of one store. `alone`: the only one there can be, and so one that leads. */
export type Standing =
  | { readonly role: 'alone' }
  | { readonly role: 'leader'; readonly term: number }
  | { readonly role: 'follower'; readonly leader?: LeadingServer };

/** Which part of the tree of actors is asked for. */
export interface TreeRequest {
  readonly path?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/** What the API asks of the running actors. The supervisors implement it; nothing here waits for a broker but `commands`. */
export interface Runtime {
  /**
   * The actor tree; `path` limits it to a subtree where given, `offset` and `limit` say which children are listed: the
   * first of the subtree's own, and how many of any supervisor. Undefined: no such path.
   */
  tree(options: TreeRequest): ActorNode | undefined | Promise<ActorNode | undefined>;
  /** Queues a group for publishing; an unknown name is ignored. */
  publishGroup(name: string): void;
  readiness(): Readiness;
  /** The alarms that are set on this server, oldest first. */
  alarms(): readonly Alarm[];
  /** Hosts whose reports are being refused, with why. */
  refusedHosts(): readonly JsonObject[];
  /** What a host has loaded against what it should have; undefined: no such host. */
  drift(hostId: string): Promise<JsonObject | undefined>;
  publishing(): PublishingState;
  setPublishing(paused: boolean, author: string): Promise<PublishingState>;
  /**
   * The dialect that rules are compiled in: writes are checked against it.
   * @throws StoreError `unavailable` while it is not known: the store was away since the start
   */
  dialect(): 'dog1' | 'dog2';
  /** What a server that only observes has found; undefined: this one does not only observe. */
  observation(): JsonObject | undefined;
  readonly commands: Commands;
  /** Who leads, as this server knows it now. A follower passes on what only the leader can answer. */
  standing(): Standing;
}

/** All that the HTTP room needs from outside. */
export interface Deps {
  readonly store: Store;
  readonly config: HttpConfig;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly runtime: Runtime;
}
