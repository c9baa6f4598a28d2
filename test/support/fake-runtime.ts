import { Readable } from 'node:stream';
import type { Alarm } from '../../src/alarms/alarm-book.js';
import type { JsonObject } from '../../src/model/document.js';
import type {
  AgentAnswer,
  CommandCaller,
  Commands,
  PinOutcome,
  PublishingState,
  Readiness,
  Operations,
  Standing,
} from '../../src/operations/operations.js';
import type { RefusedHost, RefusedMessage } from '../../src/operations/refused-answers.js';
import type { FetchedFile, FileSource } from '../../src/operations/file-blocks.js';
import type { Transfer } from '../../src/operations/transfers.js';
import type { FleetView } from '../../src/operations/fleet-answers.js';
import type { FleetPages, HostOrders } from '../../src/operations/fleet-pages.js';
import { type Foresight, storeForesight } from '../../src/plan/foresight.js';
import { type Store, StoreError } from '../../src/store/store.js';
import type { ActorDone } from '../../src/operations/actors/actor-order.js';
import type { ActorsPort } from '../../src/operations/actors/actors-port.js';
import type { ActorRequest, ActorView } from '../../src/operations/actors/actor-view.js';
import { actorView } from './actor-view.js';
import { FLEET_IS_WELL } from './fleet-is-well.js';
import { NOTHING_CONVERGES, NOTHING_WAITS, NOW_IS_WELL } from './now-answers.js';

/** A runtime without actors: records what the API asks of it, answers what a test tells it to. */
export class FakeRuntime implements Operations {
  readonly published: string[] = [];
  readonly commands = new FakeCommands();
  readonly foresight: Foresight;
  readonly pastQuestions = {
    ask: () => Promise.reject(new StoreError('unavailable', 'this server answers no questions')),
  };
  readonly questions = {
    ask: () => Promise.reject(new StoreError('unavailable', 'this server answers no questions')),
  };
  ready: Readiness = { ready: true, reasons: [] };
  refused: readonly RefusedHost[] = [];
  alarmsSet: readonly Alarm[] = [];
  readonly drifts = new Map<string, JsonObject>();
  state: PublishingState = { paused: false };
  /** Undefined: not known yet. */
  spoken: 'dog1' | 'dog2' | undefined = 'dog2';
  stands: Standing = { role: 'alone' };
  root: ActorView = actorView('dog_trainer', { type: 'supervisor', children: [] });

  constructor(store: Pick<Store, 'get' | 'list'> = { get: async () => undefined, list: async () => [] }) {
    this.foresight = storeForesight({
      store,
      dialect: () => this.dialect(),
      generateUnset: false,
      ipsetScope: 'all',
      anyIsEveryone: () => false,
    });
  }

  readonly linkStates = new Map<string, JsonObject>();
  /** What is held of links, by their id; accepting takes it away. */
  readonly heldOfLinks = new Map<
    string,
    { readonly names: number; readonly addresses: number; readonly lost: number }
  >();

  linkState(id: string): JsonObject | undefined {
    return this.linkStates.get(id);
  }

  acceptLink(id: string): ReturnType<Operations['acceptLink']> {
    const held = this.heldOfLinks.get(id);
    this.heldOfLinks.delete(id);
    return Promise.resolve(held ?? (this.linkStates.has(id) ? 'nothing_held' : 'unknown'));
  }

  /** What was asked of actors, and what is answered. */
  readonly orders: unknown[][] = [];
  does: (path: string) => ActorDone | Error | undefined = () => undefined;
  readonly actors: ActorsPort = {
    list: ({ offset = 0, limit = 200, sort = 'start' }) => ({ total: 1, offset, limit, sort, actors: [this.root] }),
    status: (path) => (path === 'dog_trainer' ? { actor: this.root, running: null } : undefined),
    trace: () => undefined,
    control: async (path, action, by) => {
      this.orders.push([path, action, by]);
      const outcome = this.does(path);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };

  tree({ path = 'dog_trainer' }: ActorRequest): ActorView | undefined {
    return path === 'dog_trainer' ? this.root : undefined;
  }

  publishGroup(name: string): void {
    this.published.push(name);
  }

  readiness(): Readiness {
    return this.ready;
  }

  alarms(): readonly Alarm[] {
    return this.alarmsSet;
  }

  refusedHosts(): readonly RefusedHost[] {
    return this.refused;
  }

  /** What `refusedMessages` has, newest first. */
  messages: readonly RefusedMessage[] = [];
  readonly refusedMessages: Operations['refusedMessages'] = {
    list: () => ({
      total: 7,
      kept: this.messages.length,
      messages: this.messages.map(({ decoded: _decoded, text: _text, cut: _cut, ...line }) => line),
    }),
    get: (id) => this.messages.find((one) => one.id === id),
    discard: async (id, author) => {
      const before = this.messages.length;
      this.messages = this.messages.filter((one) => one.id !== id);
      if (this.messages.length < before) this.orders.push(['discard', id, author]);
      return this.messages.length < before;
    },
    discardAll: async (author) => {
      this.messages = [];
      this.orders.push(['discard all', author]);
    },
  };

  readonly fleet: { -readonly [K in keyof FleetView]: FleetView[K] } = {
    status: () => FLEET_IS_WELL,
    drifted: () => ({ total: 0, converging: 0, hosts: [] }),
    groups: () => [],
  };

  readonly now: Operations['now'] = {
    now: () => NOW_IS_WELL,
    convergence: () => NOTHING_CONVERGES,
    publishingQueue: () => NOTHING_WAITS,
  };

  readonly pages: { -readonly [K in keyof FleetPages]: FleetPages[K] } = {
    hosts: async ({ offset, limit }) => ({
      total: 0,
      offset,
      limit,
      by_state: FLEET_IS_WELL.hosts.by_state,
      hosts: [],
    }),
    groups: async ({ offset, limit }) => ({
      total: 0,
      offset,
      limit,
      by_state: FLEET_IS_WELL.groups.by_state,
      groups: [],
    }),
    lines: async () => 'unknown_group',
    set: () => undefined,
  };

  readonly hostOrders: { -readonly [K in keyof HostOrders]: HostOrders[K] } = {
    queues: async () => undefined,
    send: async () => undefined,
    reconnect: async () => undefined,
  };

  async drift(hostId: string): Promise<JsonObject | undefined> {
    return this.drifts.get(hostId);
  }

  publishing(): PublishingState {
    return this.state;
  }

  async setPublishing(paused: boolean, author: string): Promise<PublishingState> {
    this.state = { paused, author, since: 1 };
    return this.state;
  }

  ec2Plan(): Promise<JsonObject> {
    return Promise.resolve({ mode: 'off', regions: [] });
  }

  async setPin(): Promise<PinOutcome> {
    return { ok: false, why: 'unknown' };
  }

  readonly rollouts: Operations['rollouts'] = {
    list: () => Promise.resolve([]),
    get: () => Promise.resolve(undefined),
    order: () => Promise.resolve('unknown'),
    policy: () => undefined,
    policies: () => [],
    setPolicy: () => Promise.resolve(),
  };

  observation(): JsonObject | undefined {
    return undefined;
  }

  dialect(): 'dog1' | 'dog2' {
    if (this.spoken === undefined) throw new StoreError('unavailable', 'the dialect is not known yet');
    return this.spoken;
  }

  standing(): Standing {
    return this.stands;
  }
}

/** Hosts that answer by a table; every call is recorded. */
export class FakeCommands implements Commands {
  readonly calls: readonly unknown[][] = [];
  readonly files = new Map<string, Uint8Array>();
  executes: (command: string) => AgentAnswer<string> | Error = (command) => ({ ok: true, value: `${command}\n` });
  deletes: (path: string) => AgentAnswer<null> | Error = () => ({ ok: true, value: null });

  #note(...call: unknown[]): void {
    (this.calls as unknown[][]).push(call);
  }

  async execute(
    hostkey: string,
    command: string,
    options: CommandCaller & { readonly useShell: boolean; readonly user?: string },
  ): Promise<AgentAnswer<string>> {
    this.#note('execute', hostkey, command, options);
    return thrown(this.executes(command));
  }

  async sendFile(hostkey: string, path: string, content: FileSource, caller: CommandCaller): Promise<void> {
    this.#note('sendFile', hostkey, path, caller);
    this.files.set(path, Uint8Array.from(await content.read(0, content.size)));
  }

  transfers(): readonly Transfer[] {
    return [];
  }

  async fetchFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<FetchedFile>> {
    this.#note('fetchFile', hostkey, path, caller);
    const found = this.files.get(path);
    if (found === undefined) return { ok: false, error: 'enoent' };
    return { ok: true, value: { size: found.length, pieces: Readable.from([found]) } };
  }

  async deleteFile(hostkey: string, path: string, caller: CommandCaller): Promise<AgentAnswer<null>> {
    this.#note('deleteFile', hostkey, path, caller);
    return thrown(this.deletes(path));
  }
}

function thrown<T>(answer: AgentAnswer<T> | Error): AgentAnswer<T> {
  if (answer instanceof Error) throw answer;
  return answer;
}
