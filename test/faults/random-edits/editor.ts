import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/model/document.js';
import { textOf } from '../../../src/model/text-of.js';
import { RULE, type Answer, type Client } from '../../support/api-client.js';
import type { Dice } from './dice.js';

type Resource = 'zone' | 'service' | 'group' | 'profile' | 'ruleset' | 'host';

/** An edit as it was sent, and how it was answered. */
export interface Edit {
  readonly method: string;
  readonly path: string;
  readonly sent: JsonObject | undefined;
  readonly status: number;
  readonly text: string;
}

/** Few, so that names are freed, taken by others and freed again. */
const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'web', 'db'] as const;

/**
 * One of several editors who know nothing of each other: whatever there is may be edited, renamed or deleted by any of
 * them at any moment, used or not.
 */
export class Editor {
  readonly #api: Client;
  readonly #dice: Dice;
  readonly edits: Edit[] = [];

  constructor(api: Client, dice: Dice) {
    this.#api = api;
    this.#dice = dice;
  }

  async editUntil(signal: AbortSignal, pauseMs: number): Promise<void> {
    while (!signal.aborted) {
      await this.edit();
      await sleep(pauseMs * 2 * this.#dice.next());
    }
  }

  /** One edit of one document. */
  async edit(): Promise<void> {
    const dice = this.#dice;
    const kind = dice.next();
    if (kind < 0.3) return this.#change(dice.pick<Resource>(['ruleset', 'ruleset', 'zone', 'service', 'group']));
    if (kind < 0.5) return this.#rename(dice.pick<Resource>(['zone', 'service', 'group', 'profile', 'ruleset']));
    if (kind < 0.65)
      return this.#remove(dice.pick<Resource>(['zone', 'service', 'group', 'profile', 'ruleset', 'host']));
    if (kind < 0.85) return this.#create(dice.pick<Resource>(['zone', 'service', 'group', 'profile', 'ruleset']));
    return this.#change('host');
  }

  async #create(resource: Resource): Promise<void> {
    await this.#send('POST', `/api/V2/${resource}`, await this.#content(resource, this.#dice.pick(NAMES)));
  }

  async #change(resource: Resource): Promise<void> {
    const doc = await this.#any(resource);
    if (doc === undefined) return resource === 'host' ? undefined : this.#create(resource);
    await this.#put(resource, doc, await this.#content(resource, textOf(doc.name)));
  }

  async #rename(resource: Resource): Promise<void> {
    const doc = await this.#any(resource);
    if (doc !== undefined) await this.#put(resource, doc, { name: this.#dice.pick(NAMES) });
  }

  async #remove(resource: Resource): Promise<void> {
    const doc = await this.#any(resource);
    // The older dialect of the API refuses to delete what is in use.
    const version = resource !== 'ruleset' && resource !== 'host' && this.#dice.next() < 0.3 ? '' : '/V2';
    if (doc !== undefined) await this.#send('DELETE', `/api${version}/${resource}/${textOf(doc.id)}`, undefined);
  }

  async #put(resource: Resource, doc: JsonObject, change: JsonObject): Promise<void> {
    const { id, ...rest } = doc;
    const own = resource === 'host' ? { name: rest.name, hostkey: rest.hostkey, group: rest.group } : rest;
    const kept = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as JsonObject;
    await this.#send('PUT', `/api/V2/${resource}/${textOf(id)}`, { ...kept, ...change });
  }

  /** One of the documents that there are now; it may be gone a moment later. */
  async #any(resource: Resource): Promise<JsonObject | undefined> {
    const all = await this.#all(resource);
    return all.length === 0 ? undefined : this.#dice.pick(all);
  }

  /** Documents without those that every server has. */
  async #all(resource: Resource): Promise<readonly JsonObject[]> {
    const { json } = await this.#api('GET', `/api/V2/${resource}s`);
    const all = Array.isArray(json) ? (json as JsonObject[]) : [];
    return all.filter(({ id }) => typeof id === 'string' && id.length > 20);
  }

  async #content(resource: Resource, name: string): Promise<JsonObject> {
    const dice = this.#dice;
    const v4 = (): string => `198.51.${dice.below(4)}.${dice.below(256)}`;
    const v6 = (): string => `2001:db8::${dice.below(65_536).toString(16)}`;
    switch (resource) {
      case 'zone':
        return { name, ipv4_addresses: dice.some(0, 6, v4), ipv6_addresses: dice.some(0, 3, v6) };
      case 'service': {
        const ports = dice.some(1, 4, () => String(1 + dice.below(65_535)));
        return { name, services: [{ protocol: dice.pick(['tcp', 'udp']), ports }] };
      }
      case 'profile':
        return { name, version: '1.0' };
      case 'group': {
        const profile = await this.#any('profile');
        return {
          name,
          description: '',
          external_ipv4_addresses: dice.some(0, 2, v4),
          ...(profile === undefined ? {} : { profile_id: profile.id, profile_name: profile.name as string }),
        };
      }
      case 'ruleset': {
        const profile = await this.#any('profile');
        const rules = { inbound: await this.#rules(), outbound: await this.#rules() };
        return { name, rules, ...(profile === undefined ? {} : { profile_id: profile.id }) };
      }
      case 'host': {
        // At times a group that there is not.
        const group = dice.next() < 0.1 ? undefined : await this.#any('group');
        return { group: group === undefined ? dice.pick(NAMES) : (group.name as string) };
      }
    }
  }

  async #rules(): Promise<JsonObject[]> {
    const [zones, groups, services] = await Promise.all([this.#all('zone'), this.#all('group'), this.#all('service')]);
    const dice = this.#dice;
    return dice.some(0, 5, (order) => {
      const kind = dice.next();
      const peers: readonly JsonObject[] =
        kind < 0.4
          ? zones.map(({ id }) => ({ group_type: 'ZONE', group: id as string }))
          : kind < 0.8
            ? groups.map(({ id }) => ({ group_type: 'ROLE', group: id as string }))
            : [{ group_type: 'ROLE', group: 'all-active' }];
      const service = dice.next() < 0.6 && services.length > 0 ? (dice.pick(services).id as string) : 'any';
      return { ...RULE, ...(peers.length > 0 ? dice.pick(peers) : {}), service, order };
    });
  }

  async #send(method: string, path: string, sent: JsonObject | undefined): Promise<void> {
    const { status, text }: Answer = await this.#api(method, path, sent);
    this.edits.push({ method, path, sent, status, text });
  }
}
