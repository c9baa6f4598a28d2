import type { Document } from '../../model/document.js';
import type { FleetStatus, GroupLine, HostLine } from '../../operations/fleet-answers.js';
import type { ActorView } from '../../operations/actors/actor-view.js';
import type { Api } from '../remote/api-client.js';
import { readGroups } from '../remote/groups.js';
import { hostLine } from '../../operations/host-line.js';
import { readDrift } from '../remote/read-hosts.js';
import { shapedList } from '../remote/shape.js';
import { readStatus } from '../remote/status.js';
import { treeFault } from '../tree-fault.js';
import { CommandFailure } from '../cli-io.js';
import type { TopState } from './top-state.js';

/** One actor with what it did since the look before. */
export interface ActorRow {
  readonly path: string;
  readonly state: string;
  readonly mailbox: number;
  readonly restarts: number;
  /** Messages per second since the look before; 0 at first. */
  readonly handled: number;
  /** Milliseconds that the handler under way has taken; 0: none is. */
  readonly busy: number;
}

/** What was seen at one moment; only what the view shows is asked for. */
export interface Look extends Pick<TopState, 'view' | 'filter'> {
  readonly at: number;
  readonly status: FleetStatus;
  readonly hosts: readonly HostLine[];
  readonly groups: readonly GroupLine[];
  readonly actors: readonly ActorRow[];
}

/** Most hosts of each kind that one look asks for. */
const MOST_HOSTS = 200;

/** Totals of one process. */
interface Figures {
  readonly handled: number;
  readonly pid: ActorView['pid'];
}

/** Looks at a server again and again, and remembers what increments are told from. */
export class Looker {
  readonly #api: Api;
  readonly #now: () => number;
  #before = new Map<string, Figures>();
  #beforeAt = 0;

  /** `now`: milliseconds. */
  constructor(api: Api, now: () => number = () => performance.now()) {
    this.#api = api;
    this.#now = now;
  }

  async look({ view, filter }: Pick<TopState, 'view' | 'filter'>): Promise<Look> {
    const status = await readStatus(this.#api);
    return {
      view,
      filter,
      at: status.at,
      status,
      hosts: view === 'hosts' ? await this.#hosts(filter) : [],
      groups: view === 'groups' || view === 'publishing' ? await readGroups(this.#api) : [],
      actors: view === 'actors' ? await this.#actors() : [],
    };
  }

  /** Those that are not well, and with a filter those that match it. */
  async #hosts(filter: string): Promise<readonly HostLine[]> {
    const drift = await readDrift(this.#api);
    const ask = async (query: Readonly<Record<string, string>>): Promise<readonly HostLine[]> => {
      const path = `/api/V2/hosts?${new URLSearchParams({ ...query, limit: String(MOST_HOSTS) }).toString()}`;
      return shapedList<Document>(await this.#api.get(path), { id: 'string' }, path).map((row) => hostLine(row));
    };
    const silent = await ask({ state: 'inactive,inactive_hashfail' });
    const matching = await ask(filter === '' ? { after: '' } : { q: filter });
    const lines = new Map<string, HostLine>();
    for (const line of [...drift.hosts, ...silent, ...matching]) if (!lines.has(line.id)) lines.set(line.id, line);
    return [...lines.values()];
  }

  async #actors(): Promise<readonly ActorRow[]> {
    const path = '/api/V2/actors?limit=1000';
    const tree = await this.#api.get(path);
    const fault = treeFault(tree);
    if (fault !== undefined) throw new CommandFailure(`${path} did not answer with a tree of actors: ${fault}`);
    const now = this.#now();
    const elapsed = now - this.#beforeAt;
    const seen = new Map<string, Figures>();
    const rows = flat(tree as ActorView).map((node) => {
      const { path: at, state, mailbox, restarts, handled, busy_ms: busy, pid } = node;
      const before = this.#before.get(at);
      seen.set(at, { handled, pid });
      // Another process of the same name has counted from zero.
      const same = before !== undefined && before.pid === pid && elapsed > 0;
      return {
        path: at,
        state,
        mailbox,
        restarts,
        handled: same ? Math.max(0, handled - before.handled) / (elapsed / 1000) : 0,
        busy,
      };
    });
    this.#before = seen;
    this.#beforeAt = now;
    return rows;
  }
}

function flat(node: ActorView): readonly ActorView[] {
  return [node, ...(node.children ?? []).flatMap(flat)];
}
