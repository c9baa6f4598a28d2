import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { client, RULE } from '../support/api-client.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { runMain, type MainChild } from '../support/main-child.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/**
 * Trial 26: a fleet of groups on one profile, brought in by one import into a server with a heap of 512 MB. It lives, it
 * answers /livez all the time, every group is published, and a restart comes up within the same bound.
 */
const FULL = process.env.TRIALS === 'full';
interface Case {
  readonly groups: number;
  readonly rules: number;
  /** One rule is about the group itself, so that every group has texts of its own. */
  readonly own: boolean;
}
const CASES: readonly Case[] = FULL
  ? [
      { groups: 20_000, rules: 5_000, own: false },
      { groups: 1_000, rules: 2_000, own: true },
    ]
  : [{ groups: 300, rules: 2_000, own: false }];
const HEAP_MB = 512;
/** In the full form the broker takes tens of gigabytes. */
const PATIENCE_MS = FULL ? 3_000_000 : 150_000;

function policy({ groups, rules, own }: Case): JsonObject {
  const service = (n: number) => ({
    id: `s${n}`,
    name: `s${n}`,
    version: 1,
    services: [{ protocol: 'tcp', ports: [String(1000 + n)] }],
  });
  const zone = (n: number) => ({
    id: `z${n}`,
    name: `zone${n}`,
    ipv4_addresses: [`10.${n}.0.0/16`],
    ipv6_addresses: [],
  });
  const peer = (n: number) =>
    n % 2 === 0
      ? { group_type: 'ZONE', group: `z${n % 50}` }
      : { group_type: 'ROLE', group: `g${n % Math.min(groups, 200)}` };
  const self = { ...RULE, group_type: 'ROLE', group: 'self' };
  const rule = (n: number) =>
    own && n === 0 ? self : { ...RULE, comment: `rule ${n}`, service: `s${n % 100}`, states: ['NEW'], ...peer(n) };
  const group = (n: number) => ({
    id: `g${n}`,
    name: `group-${n}`,
    description: '',
    profile_id: 'p',
    profile_name: 'p',
    profile_version: 'latest',
  });
  return {
    format: 'dog-trainer policy',
    version: 1,
    exported_at: 0,
    ruleset_dialect: null,
    resources: {
      service: Array.from({ length: 100 }, (_, n) => service(n)),
      zone: Array.from({ length: 50 }, (_, n) => zone(n)),
      profile: [{ id: 'p', name: 'p', version: '1.0' }],
      ruleset: [
        {
          id: 'r',
          name: 'r',
          profile_id: 'p',
          rules: { inbound: Array.from({ length: rules }, (_, n) => rule(n)), outbound: [] },
        },
      ],
      group: Array.from({ length: groups }, (_, n) => group(n)),
    },
  };
}

/** The server in a process of its own, with its bound, its API, and what is known of it. */
async function start(data: string, brokerUrl: string, name: string) {
  const [api = 0, metrics = 0] = await freePorts(2);
  const watch = join(data, `${name}.json`);
  const settings = [
    `api.port=${api}`,
    `metrics.port=${metrics}`,
    'broker.kind=amqp',
    `broker.url=${brokerUrl}`,
    'log.level=info',
  ];
  const flags = ['--data', data, ...settings.flatMap((setting) => ['--set', setting])];
  const preload = new URL('programs/watch-process.mjs', import.meta.url).href;
  const began = performance.now();
  const child = runMain(['start', ...flags], {
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --import ${preload}`,
    WATCH_FILE: watch,
  });
  const call = client(`http://127.0.0.1:${api}`);
  let ended: number | string | undefined;
  void child.ended.then((how) => (ended = how));
  const alive = (): void => {
    if (ended !== undefined) throw new Error(`the server ended (${ended}): ${child.err.slice(-2000)}`);
  };
  for (;;) {
    alive();
    if (
      await call('GET', '/livez').then(
        ({ status }) => status === 200,
        () => false,
      )
    )
      break;
    await sleep(50);
  }
  // Loading the program is no pause that anybody waits for.
  child.process.kill('SIGUSR2');
  // How long it takes is printed; that it is answered each time is what the trial asserts.
  let longest = 0;
  let unanswered = 0;
  let watching = true;
  const livez = (async () => {
    while (watching && ended === undefined) {
      const asked = performance.now();
      await call('GET', '/livez').catch(() => (unanswered += watching ? 1 : 0));
      longest = Math.max(longest, performance.now() - asked);
      await sleep(20);
    }
  })();
  return {
    child,
    call,
    flags,
    alive,
    upMs: performance.now() - began,
    async figures(): Promise<{
      readonly heapMb: number;
      readonly rssMb: number;
      readonly pauseMs: number;
      readonly livezMs: number;
      readonly unanswered: number;
    }> {
      await sleep(300);
      const { heap, rss, pause } = JSON.parse(readFileSync(watch, 'utf8')) as Record<'heap' | 'rss' | 'pause', number>;
      return {
        heapMb: Math.round(heap / 2 ** 20),
        rssMb: Math.round(rss / 2 ** 20),
        pauseMs: Math.round(pause),
        livezMs: Math.round(longest),
        unanswered,
      };
    },
    /** Longest waits count from here on. */
    reset(): void {
      child.process.kill('SIGUSR2');
      longest = 0;
    },
    async stop(): Promise<void> {
      watching = false;
      await livez;
      child.process.kill('SIGTERM');
      await child.ended;
    },
  };
}

type Server = Awaited<ReturnType<typeof start>>;

/** Waits until every group is published and has its hashes; gives after how many milliseconds. */
async function published({ call, alive }: Server, wanted: number, since: number): Promise<number> {
  for (;;) {
    alive();
    if (performance.now() - since > PATIENCE_MS) throw new Error('the groups are not all published in time');
    const groups = (await call('GET', '/api/V2/groups')).json as unknown as readonly JsonObject[];
    const done = groups.filter(({ hash4_ipsets: hash }) => typeof hash === 'string' && hash !== '');
    if (done.length >= wanted) return Math.round(performance.now() - since);
    await sleep(FULL ? 5_000 : 300);
  }
}

async function ended(child: MainChild): Promise<string> {
  return `${await child.ended}: ${child.err}`;
}

const rabbit = await startRabbit();

if ('unavailable' in rabbit) {
  process.stdout.write(`trial 26 skipped: ${rabbit.unavailable}\n`);
  it.skip(`trial 26: many groups on one profile (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  for (const one of CASES) {
    const { groups, rules: count, own } = one;
    it(
      `trial 26: ${groups} groups on one profile of ${count} rules${own ? ', one of them about the group itself' : ''}, in a heap of ${HEAP_MB} MB`,
      { timeout: PATIENCE_MS * 2 },
      async () => {
        const data = temporaryDirectory();
        const file = join(data, 'policy.json');
        writeFileSync(file, JSON.stringify(policy(one)));
        const first = await start(data, rabbit.url, 'first');
        const began = performance.now();
        const bring = runMain(['import', file, ...first.flags]);
        expect(await ended(bring)).toBe('0: ');
        const importMs = Math.round(performance.now() - began);
        const convergedMs = await published(first, groups, began);
        const figures = await first.figures();
        process.stdout.write(
          `trial 26, import: ${JSON.stringify({ groups, rules: count, own, importMs, convergedMs, ...figures })}\n`,
        );

        // One edit of the ruleset: all groups again.
        first.reset();
        const edited = performance.now();
        const { id: _id, ...ruleset } = (await first.call('GET', '/api/V2/ruleset/r')).json;
        const rules = ruleset.rules as {
          readonly inbound: readonly JsonObject[];
          readonly outbound: readonly JsonObject[];
        };
        const was = (await first.call('GET', '/api/V2/groups')).json as unknown as readonly JsonObject[];
        const before = new Map(was.map(({ id, hash4_ipsets: hash }) => [id, hash]));
        const inbound = [...rules.inbound.slice(0, -1), { ...RULE, comment: 'another' }];
        expect(
          (await first.call('PUT', '/api/V2/ruleset/r', { ...ruleset, rules: { ...rules, inbound } })).status,
        ).toBe(303);
        const editMs = Math.round(performance.now() - edited);
        // Built-in groups have no ruleset, and no hash.
        for (;;) {
          first.alive();
          const rows = (await first.call('GET', '/api/V2/groups')).json as unknown as readonly JsonObject[];
          if (rows.every(({ id, hash4_ipsets: hash }) => hash === undefined || hash !== before.get(id))) break;
          if (performance.now() - edited > PATIENCE_MS) throw new Error('the edit did not reach all groups in time');
          await sleep(FULL ? 5_000 : 300);
        }
        const afterEdit = await first.figures();
        process.stdout.write(
          `trial 26, edit: ${JSON.stringify({ editMs, reachedAllMs: Math.round(performance.now() - edited), ...afterEdit })}\n`,
        );
        await first.stop();

        const second = await start(data, rabbit.url, 'second');
        const restarted = performance.now();
        for (;;) {
          second.alive();
          if ((await second.call('GET', '/readyz')).status === 200) break;
          if (performance.now() - restarted > PATIENCE_MS) throw new Error('it is not ready in time after the restart');
          await sleep(100);
        }
        const readyMs = Math.round(performance.now() - restarted);
        await sleep(FULL ? 60_000 : 5_000);
        second.alive();
        const afterStart = await second.figures();
        process.stdout.write(
          `trial 26, restart: ${JSON.stringify({ upMs: Math.round(second.upMs), readyMs, ...afterStart })}\n`,
        );
        await second.stop();
        for (const { unanswered } of [figures, afterEdit, afterStart]) expect(unanswered).toBe(0);
      },
    );
  }
}
