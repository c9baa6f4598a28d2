import { describe, expect, it } from 'vitest';
import type { ActorEvent } from '../../src/events/actor-event.js';
import {
  crash,
  findActor,
  startDynamicChild,
  startGenServer,
  startSupervisor,
  type ChildSpec,
  type Pid,
  type Report,
} from '../../src/otp/index.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { actorNews } from '../../src/server/reporting/actor-news.js';
import { started } from '../support/supervision.js';

const FLAGS = { strategy: 'one_for_one', intensity: 5, periodS: 10 } as const;

/** A tree of two workers and a supervisor of hosts by key, and what is told of it. */
async function toldTree() {
  const told: string[] = [];
  let hear: (report: Report) => void = () => undefined;
  const v = virtualSystem(0, { report: (report) => hear(report) });
  hear = actorNews(v.system, {
    put: ({ kind, ...event }: ActorEvent) => told.push(`${kind} ${(event as { path: string }).path}`),
  });
  const worker = (id: string): ChildSpec => ({
    id,
    start: ({ system, parent }) => startGenServer(system, {}, { parent, label: id }),
  });
  const host: ChildSpec<readonly [string]> = {
    id: 'host',
    restart: 'temporary',
    start: ({ system, parent }, key) => startGenServer(system, {}, { parent, label: `host:${key}` }),
  };
  const hosts: ChildSpec = {
    id: 'hosts_sup',
    type: 'supervisor',
    start: ({ system, parent }) =>
      startSupervisor(system, () => ({ flags: { strategy: 'simple_one_for_one' }, children: [host] }), {
        parent,
        name: 'hosts_sup',
      }),
  };
  const children = [worker('a'), worker('b'), hosts];
  const root = started(await v.run(startSupervisor(v.system, () => ({ flags: FLAGS, children }), { label: 'top' })));
  return { v, told, root, at: (path: string) => findActor(v.system, root, path) as Pid };
}

describe('what is told of actors', () => {
  it('their starts, but not those of actors by key, of which there are thousands', async () => {
    const { v, told } = await toldTree();
    await v.run(startDynamicChild(v.system, 'hosts_sup', ['h1']));
    expect(told).toEqual(['started top/a', 'started top/b', 'started top/hosts_sup']);
  });

  it('a crash once, also where several crash at once, and of those by key', async () => {
    const { v, told, at } = await toldTree();
    await v.run(startDynamicChild(v.system, 'hosts_sup', ['h1']));
    told.splice(0);
    for (const path of ['top/a', 'top/b', 'top/hosts_sup/host:h1']) crash(v.system, at(path), 'on purpose');
    await v.idle();
    expect(told.toSorted()).toEqual([
      'crashed top/a',
      'crashed top/b',
      'crashed top/hosts_sup/host:h1',
      'restarted top/a',
      'restarted top/b',
    ]);
  });

  it('an end that is no crash as stopped', async () => {
    const { v, told, root, at } = await toldTree();
    told.splice(0);
    v.system.exit(at('top/a'), 'kill', root);
    await v.idle();
    expect(told).toEqual(['stopped top/a', 'restarted top/a']);
  });
});
