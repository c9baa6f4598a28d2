import type { Client } from '../../support/api-client.js';
import type { Cluster, Member } from '../../support/cluster.js';

/** Which server was asked for an edit, and when: epoch milliseconds. */
export interface Asked {
  readonly name: string;
  readonly at: number;
}

/** An API that asks one of the servers at random, never one that is known to be down, and notes whom it asked. */
export interface SharedApi {
  readonly api: Client;
  /** By the author of the edit. */
  readonly asked: ReadonlyMap<string, Asked>;
  /** As a balancer takes a server out. What was asked before waits for its answer. */
  out(member: Member): void;
  back(member: Member): void;
}

export function sharedApi(cluster: Cluster): SharedApi {
  const down = new Set<Member>();
  const asked = new Map<string, Asked>();
  return {
    asked,
    api(method, path, body, more = {}) {
      const up = cluster.members.filter((member) => !down.has(member));
      const member = up[Math.floor(Math.random() * up.length)];
      if (member === undefined) throw new Error('every server is down');
      const author = more['x-consumer-username'];
      if (author !== undefined) asked.set(author, { name: member.name, at: Date.now() });
      return member.api(method, path, body, more);
    },
    out: (member) => void down.add(member),
    back: (member) => void down.delete(member),
  };
}
