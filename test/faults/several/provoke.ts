import { readRuleset } from '../../../src/model/stored-ruleset.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/model/document.js';
import type { Store } from '../../../src/store/store.js';
import { RULE } from '../../support/api-client.js';
import { PATIENT, type Cluster, type Member, type MemberRun, type Reign } from '../../support/cluster.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/whole-server.js';
import type { Documents } from '../soak/editors.js';
import { hasLost, standsBy } from './dethrone.js';
import type { PublishTrace, Traced } from './publish-trace.js';

/** A server whose modules named here (`cluster/deadline`) are those of ../programs/replacements. */
function without(...modules: readonly string[]): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('../programs/replace-modules.mjs', import.meta.url))}`,
    REPLACED_MODULES: modules.join(','),
  };
}

/** Such a connection outlives its frozen server; configuration forbids it, as it is the first protection. */
const LONG = { set: ['broker.heartbeat=600', 'broker.confirm_timeout_ms=600000'] };

/** The broker does not end the connection of a frozen leader in time; all else is as it should be. */
export const OPEN_CONNECTION: MemberRun = { ...LONG, environment: without('config/check-together') };
/** Nor does the leader itself look at its clocks. */
export const NO_DEADLINE: MemberRun = { ...LONG, environment: without('config/check-together', 'cluster/deadline') };

export interface Provoked {
  /** What the thawed one sent. */
  readonly sent: readonly Traced[];
  /** Lines of the new leader since the thaw. */
  readonly repairs: number;
}

/**
 * A leader is frozen with a message that waits for a blocked broker, is followed by another that sends something newer,
 * and thawed when the broker takes messages again. It is cut off from the store when it thaws, until it has sent what it
 * will send (`sends`) or knows of its loss by its own clocks: else the store may tell it of its loss first, and whether
 * RabbitMQ reads a message before the reset that follows is anybody's guess.
 */
export async function provoke(
  scene: {
    readonly cluster: Cluster;
    readonly store: Store;
    readonly trace: PublishTrace;
    readonly documents: Documents;
    readonly settled: () => Promise<void>;
  },
  run: MemberRun,
  marker: string,
  { sends }: { readonly sends: boolean },
): Promise<Provoked> {
  const { cluster, store, trace, documents, settled } = scene;
  const { rabbit } = cluster;
  const [held, other] = cluster.members as readonly [Member, Member];
  await held.stop();
  await cluster.leader(held);
  const proxy = await startTcpProxy(cluster.rethink);
  onTestFinished(() => proxy.close());
  await held.start({ ...run, set: [...(run.set ?? []), `store.servers=127.0.0.1:${proxy.port}`] });
  await standsBy(held);
  await other.stop();
  expect(await cluster.leader(other)).toBe(held);
  await other.start();
  await standsBy(other);
  await settled();
  const reign = cluster.reigns().at(-1) as Reign;

  const ruleset = documents.rulesets[0] as string;
  const group = documents.groups[0] as string;
  const edit = async (member: Member, comment: string): Promise<void> => {
    const path = `/api/V2/ruleset/${ruleset}`;
    const { id: _id, ...doc } = (await member.api('GET', path)).json;
    const rules = { inbound: [{ ...RULE, comment }], outbound: [] };
    const answer = await member.api('PUT', path, { ...doc, rules });
    expect(answer.status, answer.text).toBe(303);
  };
  const compiled = (text: string): Promise<unknown> =>
    until(
      async () => {
        const id = (await store.get('ruleset_output', group))?.doc.texts;
        const ruleset = typeof id === 'string' ? readRuleset((await store.get('ruleset_text', id))?.doc) : undefined;
        return ruleset?.texts.set4.text.includes(text);
      },
      `${text} compiled`,
      PATIENT,
    );

  onTestFinished(async () => {
    if (alarm) await rabbit.memoryAlarm(false);
    held.thaw();
  });
  let alarm = true;
  await rabbit.memoryAlarm(true);
  // The broker says that it blocks when it gets something; what was on its way before the alarm does not count.
  let ready = '';
  for (let n = 1; !ready.includes('takes no messages'); n += 1) {
    expect(n, `not blocked: ${ready}`).toBeLessThan(20);
    await edit(held, `${marker} first ${n}`);
    for (let look = 0; look < 20 && !ready.includes('takes no messages'); look += 1) {
      await sleep(100);
      ready = (await held.api('GET', '/readyz')).text;
    }
  }
  await edit(held, `${marker} stale`);
  await compiled(`${marker} stale`);
  await until(async () => waitingIn((await held.api('GET', '/api/V2/actors')).json) > 0, 'a waiting message', PATIENT);

  held.freeze();
  await rabbit.memoryAlarm(false);
  alarm = false;
  await cluster.leader(held);
  await edit(other, `${marker} fresh`);
  await compiled(`${marker} fresh`);
  await settled();
  const ofHeld = ({ user, body }: Traced): boolean => user === held.name && body.includes(`${marker} stale`);
  expect(trace.messages.some(ofHeld), 'it still waits in the frozen one').toBe(false);

  const [before, lines, own] = [trace.messages.length, other.lines().length, held.lines().length];
  proxy.set({ kind: 'refuse' });
  proxy.cut();
  held.thaw();
  if (sends) await until(() => trace.messages.slice(before).some(ofHeld), 'it sends what is stale', PATIENT);
  else
    await until(
      () =>
        held
          .lines()
          .slice(own)
          .some(({ msg }) => msg.startsWith('the lease is lost')),
      'it knows by itself',
      PATIENT,
    );
  proxy.set({ kind: 'none' });
  await hasLost(held, reign, own);
  // What was on its way at its end has been seen by now.
  await sleep(1_000);
  await settled();
  return {
    sent: trace.messages.slice(before).filter(({ user }) => user === held.name),
    repairs: other
      .lines()
      .slice(lines)
      .filter(({ msg }) => msg.startsWith('host repaired')).length,
  };
}

/** Messages that wait in the outbox of the tree. */
function waitingIn(node: JsonObject): number {
  const { detail, children } = node as { readonly detail?: JsonObject; readonly children?: readonly JsonObject[] };
  const own = node['id'] === 'outbox' ? Number(detail?.['waiting'] ?? 0) : 0;
  return own + (children ?? []).reduce((sum, child) => sum + waitingIn(child), 0);
}
