import type { Alarm } from '../alarms/alarm-book.js';
import type { Json, JsonObject } from '../model/document.js';
import type { StoredRuleset } from '../model/stored-ruleset.js';
import type { Change } from '../store/store.js';
import type { FetchedFile, FileSource } from './file-blocks.js';
import type { Transfer } from './transfers.js';
import type { FleetQuestions } from '../plan/fleet-questions.js';
import type { PastQuestions } from '../plan/past/past-questions.js';
import type { Foresight } from '../plan/foresight.js';
import type { FleetView } from './fleet-answers.js';
import type { NowView } from './now/now-answers.js';
import type { FleetPages, HostOrders } from './fleet-pages.js';
import type { RefusedHost } from './refused-answers.js';
import type { RefusedPort } from './refused-port.js';
import type { RolloutsPort } from './rollouts/rollout-answers.js';
import type { ActorsPort } from './actors/actors-port.js';
import type { ActorRequest, ActorView } from './actors/actor-view.js';

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

/** The agent's answer to a command or file request; `error` is what the agent said, a string or a list of strings. */
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
  sendFile(hostkey: string, path: string, content: FileSource, caller: CommandCaller): Promise<void>;
  /** Resolves when the first piece is there. */
  fetchFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<FetchedFile>>;
  deleteFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<null>>;
  /** Files on their way, and those that were lately, newest first. */
  transfers(): readonly Transfer[];
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

/** At which revision a group is to be held, and why. */
export interface WantedPin {
  readonly number: number;
  readonly reason: string;
}

/** Looks at what a pin does before it is made. */
export type PinLook = (ruleset: StoredRuleset | undefined) => Promise<readonly Change[]>;

/** `unknown`: no such revision; `unusable`: it is known, but hosts can't be given it, with why. */
export type PinOutcome =
  | { readonly ok: true; readonly pin: JsonObject | null }
  | { readonly ok: false; readonly why: 'unknown' }
  | { readonly ok: false; readonly why: 'unusable'; readonly reason: string };

/**
 * What HTTP, the command line and the console ask of a running server. One implementation per role: one that leads
 * (`leading-operations.ts`), one that waits (`waiting-operations.ts`), one that only observes
 * (`observing-operations.ts`). Nothing here waits for a broker but `commands`.
 */
export interface Operations {
  /**
   * The actor tree, or a part of it. Undefined: no such path.
   */
  tree(request: ActorRequest): ActorView | undefined;
  /** Looking at actors one by one, and what an operator may do to them. */
  readonly actors: ActorsPort;
  /** Queues a group for publishing; an unknown name is ignored. */
  publishGroup(name: string): void;
  readiness(): Readiness;
  /** The alarms that are set on this server, oldest first. */
  alarms(): readonly Alarm[];
  /** Hosts whose reports are being refused, with why. */
  refusedHosts(): readonly RefusedHost[];
  /** The last refused messages, with what they say. */
  readonly refusedMessages: RefusedPort;
  /** How a link to another server is; undefined: there is no such link, or nothing is known of it yet. */
  linkState(id: string): JsonObject | undefined;
  /** Takes over what is held of a linked server: counts of groups and zones, of addresses, and of those taken away. */
  acceptLink(
    id: string,
    author: string,
  ): Promise<
    { readonly names: number; readonly addresses: number; readonly lost: number } | 'unknown' | 'nothing_held'
  >;
  /** The fleet as a whole: status, drifted hosts, groups. */
  readonly fleet: FleetView;
  /** What is so at this moment: the server as a whole, convergence, publishing. */
  readonly now: NowView;
  /** The fleet page by page, for people: hosts, groups, their rules line by line, sets. */
  readonly pages: FleetPages;
  /** One host: its queues, sending it again what it is to have, having its agent connect anew. */
  readonly hostOrders: HostOrders;
  /**
   * What a host has loaded against what it should have, by its id, hostkey or name; undefined: no such host.
   */
  drift(host: string): Promise<JsonObject | undefined>;
  publishing(): PublishingState;
  setPublishing(paused: boolean, author: string): Promise<PublishingState>;
  /**
   * The dialect that rules are compiled in: writes are checked against it.
   * @throws StoreError `unavailable` while it is not known: the store was away since the start
   */
  dialect(): 'dog1' | 'dog2';
  /** What a server that only observes has found; undefined: this one does not only observe. */
  observation(): JsonObject | undefined;
  /** What would be done to the security groups of EC2 (docs/http-api.md#ec2); nothing is touched. */
  ec2Plan(): Promise<JsonObject>;
  readonly commands: Commands;
  /**
   * Holds a group at a revision: its hosts get that, and edits wait. `pin` undefined: no longer. Written to the store in
   * `author`'s name before this resolves.
   * @param look given what hosts would get, undefined: what policy compiles to, when nothing else speaks against it; gives
   * what is to be committed along, or throws
   */
  setPin(groupId: string, pin: WantedPin | undefined, author: string, look: PinLook): Promise<PinOutcome>;
  /** Changes on their way to hosts in steps. */
  readonly rollouts: RolloutsPort;
  /** What would ship after writes: plans, assertions and guards ask it. */
  readonly foresight: Foresight;
  /** Answers what hosts let through. */
  readonly questions: FleetQuestions;
  /** The same of former times. */
  readonly pastQuestions: PastQuestions;
  /** Who leads, as this server knows it now. A follower passes on what only the leader can answer. */
  standing(): Standing;
}
