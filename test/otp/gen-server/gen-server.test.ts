import { describe, expect, it } from 'vitest';
import {
  NO_REPLY,
  call,
  cast,
  createActorSystem,
  serverName,
  startGenServer,
  startSupervisor,
  stopGenServer,
} from '../../../src/otp/index.js';
import type { ChildSpec, From, Message, Self, GenServer, ServerRef } from '../../../src/otp/index.js';
import { started } from '../../support/supervision.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';

type CounterCall = { readonly get: 'count' };
type CounterCast = { readonly add: number };
type CounterInfo = { readonly tag: 'tick' };
const COUNTER = serverName<CounterCall, number, CounterCast>('counter');

class Counter implements GenServer<CounterCall, number, CounterCast, CounterInfo> {
  #count = 0;
  init(self: Self) {
    self.sendInterval(1000, { tag: 'tick' });
  }
  handleCall(_self: Self, _request: CounterCall) {
    return this.#count;
  }
  handleCast(_self: Self, message: CounterCast) {
    this.#count += message.add;
  }
  handleInfo(_self: Self, _message: CounterInfo) {
    this.#count++;
  }
}

const counterSpec: ChildSpec = {
  id: 'counter',
  start: ({ system, parent }) => startGenServer(system, new Counter(), { parent, name: COUNTER, maxQueue: 10_000 }),
};

describe('gen_server', () => {
  it('counts in a tree, on virtual time', async () => {
    const v = virtualSystem();
    await v.run(startSupervisor(v.system, () => ({ children: [counterSpec] })));
    cast(v.system, COUNTER, { add: 2 });
    await v.advance(3000);
    expect(await v.run(call(v.system, COUNTER, { get: 'count' }))).toBe(5);
  });

  it('counts in a tree, on nact', async () => {
    const system = createActorSystem();
    const root = await startSupervisor(system, () => ({ children: [counterSpec] }));
    cast(system, COUNTER, { add: 2 });
    expect(await call(system, COUNTER, { get: 'count' })).toBe(2);
    if (typeof root === 'object' && 'ok' in root) system.exit(root.ok, 'kill', root.ok);
    expect(system.stats().processes).toBe(0);
  });

  it('types refuse what the server does not understand', () => {
    const { system } = virtualSystem();
    const wrong = () => {
      // @ts-expect-error -- no such request
      void call(system, COUNTER, { get: 'sum' });
      // @ts-expect-error -- no such cast
      cast(system, COUNTER, { sub: 1 });
    };
    expect(wrong).toBeTypeOf('function');
  });
});

describe('gen_server: calls', () => {
  it('rejects at once when there is no such process or name', async () => {
    const v = virtualSystem();
    await expect(v.run(call(v.system, 'nobody', 'x'))).rejects.toMatchObject({ name: 'CallFailed', reason: 'noproc' });
    expect(v.clock.monotonic()).toBe(0);
  });

  it('rejects at once with the reason when the callee dies, and leaves no timer', async () => {
    const v = virtualSystem();
    const error = new Error('in call');
    const server: GenServer<'throw' | 'hang'> = {
      handleCall: (_self, request) => {
        if (request === 'throw') throw error;
        return NO_REPLY;
      },
    };
    const first = started(await v.run(startGenServer(v.system, server)));
    await expect(v.run(call(v.system, first, 'throw'))).rejects.toMatchObject({ reason: { error } });
    const second = started(await v.run(startGenServer(v.system, server)));
    const waiting = call(v.system, second, 'hang');
    await v.idle();
    v.system.exit(second, 'kill', second);
    await expect(waiting).rejects.toMatchObject({ reason: 'killed' });
    expect([v.clock.monotonic(), v.clock.pending]).toEqual([0, 0]);
  });

  it('rejects what is still in the mailbox when the callee dies', async () => {
    const v = virtualSystem();
    const pid = started(await v.run(startGenServer(v.system, { handleCast: (self: Self) => self.stop('normal') })));
    cast(v.system, pid, 'stop');
    await expect(v.run(call(v.system, pid, 'x'))).rejects.toMatchObject({ reason: 'normal' });
  });

  it('times out after 5 s, or what was asked, or never; a late reply is dropped', async () => {
    const v = virtualSystem();
    const held: From<string>[] = [];
    const server: GenServer<string, string> = {
      handleCall: (_self, _request, from) => {
        held.push(from);
        return NO_REPLY;
      },
    };
    const pid = started(await v.run(startGenServer(v.system, server)));
    await expect(v.run(call(v.system, pid, 'a'))).rejects.toMatchObject({ reason: 'timeout' });
    expect(v.clock.monotonic()).toBe(5000);
    await expect(v.run(call(v.system, pid, 'b', 70))).rejects.toMatchObject({ reason: 'timeout' });
    expect(v.clock.monotonic()).toBe(5070);
    const patient = call(v.system, pid, 'c', Infinity);
    await v.advance(2 ** 40);
    for (const from of held) from.reply('late or not');
    expect(await patient).toBe('late or not');
    held[2]?.reply('again');
    expect(v.system.info(pid)?.monitors).toBe(0);
    expect(v.clock.pending).toBe(0);
  });

  it('lets a handler reply later, from anywhere, and serve others meanwhile', async () => {
    const v = virtualSystem();
    let held: From<string> | undefined;
    const server: GenServer<'wait' | 'now', string, 'release'> = {
      handleCall: (_self, request, from) => {
        if (request === 'now') return 'now';
        held = from;
        return NO_REPLY;
      },
      handleCast: () => held?.reply('released'),
    };
    const started_ = await v.run(startGenServer(v.system, server));
    const ref = started(started_) as ServerRef<'wait' | 'now', string, 'release'>;
    const waiting = call(v.system, ref, 'wait');
    expect(await v.run(call(v.system, ref, 'now'))).toBe('now');
    cast(v.system, ref, 'release');
    expect(await v.run(waiting)).toBe('released');
  });

  it('awaits an asynchronous call handler before the next message', async () => {
    const v = virtualSystem();
    const log: string[] = [];
    const server: GenServer<number, number, string> = {
      handleCall: async (_self, ms) => {
        await new Promise<void>((resolve) => void v.clock.setTimer(ms, resolve));
        log.push(`called ${ms}`);
        return ms;
      },
      handleCast: (_self, text) => void log.push(text),
    };
    const pid = started(await v.run(startGenServer(v.system, server)));
    const reply = call(v.system, pid, 50);
    cast(v.system, pid, 'after');
    expect(await v.run(reply)).toBe(50);
    await v.idle();
    expect(log).toEqual(['called 50', 'after']);
  });

  it('rejects a call that a full mailbox does not take, at once, and one that nobody handles', async () => {
    const v = virtualSystem();
    const pid = started(await v.run(startGenServer(v.system, { handleCast: () => undefined }, { maxQueue: 1 })));
    await expect(v.run(call(v.system, pid, 'x'))).rejects.toMatchObject({ reason: 'not_handled' });
    expect(cast(v.system, pid, 'x')).toBe(true);
    expect(cast(v.system, pid, 'y')).toBe(false);
    await expect(call(v.system, pid, 'x')).rejects.toMatchObject({ reason: 'overloaded' });
    expect(v.system.isAlive(pid)).toBe(true);
  });

  it('refuses to call itself', async () => {
    const v = virtualSystem();
    const server: GenServer<never, unknown, 'go'> = {
      handleCast: async (self) => void (await self.call(self.pid, 'x')),
    };
    const pid = started(await v.run(startGenServer(v.system, server, { name: 'me' })));
    cast(v.system, pid, 'go');
    await v.idle();
    expect(pid.exit).toMatchObject({ error: { message: `${String(pid)} calls itself` } });
  });

  it('a cast to the dead is a dead letter', async () => {
    const v = virtualSystem();
    expect(cast(v.system, 'nobody', 'x')).toBe(false);
    expect(v.system.stats().deadLetters).toBe(1);
  });
});

describe('gen_server: life', () => {
  it('registers its name before init; a taken one is already_started', async () => {
    const v = virtualSystem();
    let during: unknown;
    const server: GenServer = { init: (self) => void (during = self.system.whereis('n')) };
    const pid = started(await v.run(startGenServer(v.system, server, { name: 'n' })));
    expect(during).toBe(pid);
    expect(pid.label).toBe('n');
    expect(await v.run(startGenServer(v.system, server, { name: 'n' }))).toEqual({ error: { already_started: pid } });
  });

  it('init can ignore, stop with a reason, throw, or take too long', async () => {
    const v = virtualSystem();
    const start = (init: GenServer['init'], initTimeoutMs = 100) =>
      v.run(startGenServer(v.system, { init } as GenServer, { initTimeoutMs, label: 'x' }));
    const error = new Error('no');
    expect(await start((self) => self.ignore())).toBe('ignore');
    expect(await start((self) => self.stop({ term: 'no_config' }))).toEqual({ error: 'no_config' });
    expect(await start((self) => self.stop('shutdown'))).toEqual({ error: 'shutdown' });
    expect(await start(() => Promise.reject(error))).toEqual({ error: { error } });
    expect(await start(() => new Promise(() => undefined))).toMatchObject({
      error: { error: { message: 'init of "x" took longer than 100 ms' } },
    });
    expect(v.system.stats().processes).toBe(0);
  });

  it('its parent’s exit ends it even when it traps; others’ exits are just messages', async () => {
    const v = virtualSystem();
    const told: unknown[] = [];
    const server: GenServer = {
      handleInfo: (_self, { tag }: Message) => void told.push(tag),
      terminate: (_self, reason) => void told.push(reason),
    };
    const parent = started(await v.run(startGenServer(v.system, {})));
    const pid = started(await v.run(startGenServer(v.system, server, { parent, trapExit: true })));
    v.system.exit(pid, 'shutdown', pid);
    await v.idle();
    expect(told).toEqual(['EXIT']);
    v.system.exit(pid, 'shutdown', parent);
    await v.idle();
    expect(told).toEqual(['EXIT', 'shutdown']);
    expect(pid.exit).toBe('shutdown');
  });

  it('stopServer waits for its end, after what waits already', async () => {
    const v = virtualSystem();
    const log: string[] = [];
    const server: GenServer<never, unknown, string> = {
      handleCast: (_self, text) => void log.push(text),
      terminate: async () => {
        await new Promise<void>((resolve) => void v.clock.setTimer(30, resolve));
        log.push('terminated');
      },
    };
    const pid = started(await v.run(startGenServer(v.system, server)));
    cast(v.system, pid, 'first');
    await v.run(stopGenServer(v.system, pid, 'shutdown'));
    expect(log).toEqual(['first', 'terminated']);
    expect(pid.exit).toBe('shutdown');
    await expect(stopGenServer(v.system, pid)).rejects.toMatchObject({ reason: 'noproc' });
  });

  it('a message without a handler is reported and ignored', async () => {
    const v = virtualSystem();
    const pid = started(await v.run(startGenServer(v.system, {})));
    v.system.send(pid, { tag: 'odd' });
    cast(v.system, pid, 'odd');
    await v.idle();
    expect(v.reports).toEqual([
      { kind: 'unexpected_message', pid, tag: 'odd' },
      { kind: 'unexpected_message', pid, tag: '$cast' },
    ]);
  });
});
