import { describe, expect, it } from 'vitest';
import {
  NO_REPLY,
  call,
  cast,
  createKernel,
  serverName,
  startServer,
  startSupervisor,
  stopServer,
} from '../../src/otp/index.js';
import type { ChildSpec, From, Message, Self, Server, ServerRef } from '../../src/otp/index.js';
import { started } from '../support/supervision.js';
import { virtualKernel } from '../support/virtual-kernel.js';

type CounterCall = { readonly get: 'count' };
type CounterCast = { readonly add: number };
type CounterInfo = { readonly tag: 'tick' };
const COUNTER = serverName<CounterCall, number, CounterCast>('counter');

class Counter implements Server<CounterCall, number, CounterCast, CounterInfo> {
  #count = 0;
  init(self: Self) {
    self.sendInterval(1000, { tag: 'tick' });
  }
  call(_self: Self, _request: CounterCall) {
    return this.#count;
  }
  cast(_self: Self, message: CounterCast) {
    this.#count += message.add;
  }
  info(_self: Self, _message: CounterInfo) {
    this.#count++;
  }
}

const counterSpec: ChildSpec = {
  id: 'counter',
  start: ({ kernel, parent }) => startServer(kernel, new Counter(), { parent, name: COUNTER, maxQueue: 10_000 }),
};

describe('gen_server', () => {
  it('counts in a tree, on virtual time', async () => {
    const v = virtualKernel();
    await v.run(startSupervisor(v.kernel, () => ({ children: [counterSpec] })));
    cast(v.kernel, COUNTER, { add: 2 });
    await v.advance(3000);
    expect(await v.run(call(v.kernel, COUNTER, { get: 'count' }))).toBe(5);
  });

  it('counts in a tree, on nact', async () => {
    const kernel = createKernel();
    const root = await startSupervisor(kernel, () => ({ children: [counterSpec] }));
    cast(kernel, COUNTER, { add: 2 });
    expect(await call(kernel, COUNTER, { get: 'count' })).toBe(2);
    if (typeof root === 'object' && 'ok' in root) kernel.exit(root.ok, 'kill', root.ok);
    expect(kernel.stats().processes).toBe(0);
  });

  it('types refuse what the server does not understand', () => {
    const { kernel } = virtualKernel();
    const wrong = () => {
      // @ts-expect-error -- no such request
      void call(kernel, COUNTER, { get: 'sum' });
      // @ts-expect-error -- no such cast
      cast(kernel, COUNTER, { sub: 1 });
    };
    expect(wrong).toBeTypeOf('function');
  });
});

describe('gen_server: calls', () => {
  it('rejects at once when there is no such process or name', async () => {
    const v = virtualKernel();
    await expect(v.run(call(v.kernel, 'nobody', 'x'))).rejects.toMatchObject({ name: 'CallFailed', reason: 'noproc' });
    expect(v.clock.monotonic()).toBe(0);
  });

  it('rejects at once with the reason when the callee dies, and leaves no timer', async () => {
    const v = virtualKernel();
    const error = new Error('in call');
    const server: Server<'throw' | 'hang'> = {
      call: (_self, request) => {
        if (request === 'throw') throw error;
        return NO_REPLY;
      },
    };
    const first = started(await v.run(startServer(v.kernel, server)));
    await expect(v.run(call(v.kernel, first, 'throw'))).rejects.toMatchObject({ reason: { error } });
    const second = started(await v.run(startServer(v.kernel, server)));
    const waiting = call(v.kernel, second, 'hang');
    await v.idle();
    v.kernel.exit(second, 'kill', second);
    await expect(waiting).rejects.toMatchObject({ reason: 'killed' });
    expect([v.clock.monotonic(), v.clock.pending]).toEqual([0, 0]);
  });

  it('rejects what is still in the mailbox when the callee dies', async () => {
    const v = virtualKernel();
    const pid = started(await v.run(startServer(v.kernel, { cast: (self: Self) => self.stop('normal') })));
    cast(v.kernel, pid, 'stop');
    await expect(v.run(call(v.kernel, pid, 'x'))).rejects.toMatchObject({ reason: 'normal' });
  });

  it('times out after 5 s, or what was asked, or never; a late reply is dropped', async () => {
    const v = virtualKernel();
    const held: From<string>[] = [];
    const server: Server<string, string> = {
      call: (_self, _request, from) => {
        held.push(from);
        return NO_REPLY;
      },
    };
    const pid = started(await v.run(startServer(v.kernel, server)));
    await expect(v.run(call(v.kernel, pid, 'a'))).rejects.toMatchObject({ reason: 'timeout' });
    expect(v.clock.monotonic()).toBe(5000);
    await expect(v.run(call(v.kernel, pid, 'b', 70))).rejects.toMatchObject({ reason: 'timeout' });
    expect(v.clock.monotonic()).toBe(5070);
    const patient = call(v.kernel, pid, 'c', Infinity);
    await v.advance(2 ** 40);
    for (const from of held) from.reply('late or not');
    expect(await patient).toBe('late or not');
    held[2]?.reply('again');
    expect(v.kernel.info(pid)?.monitors).toBe(0);
    expect(v.clock.pending).toBe(0);
  });

  it('lets a handler reply later, from anywhere, and serve others meanwhile', async () => {
    const v = virtualKernel();
    let held: From<string> | undefined;
    const server: Server<'wait' | 'now', string, 'release'> = {
      call: (_self, request, from) => {
        if (request === 'now') return 'now';
        held = from;
        return NO_REPLY;
      },
      cast: () => held?.reply('released'),
    };
    const started_ = await v.run(startServer(v.kernel, server));
    const ref = started(started_) as ServerRef<'wait' | 'now', string, 'release'>;
    const waiting = call(v.kernel, ref, 'wait');
    expect(await v.run(call(v.kernel, ref, 'now'))).toBe('now');
    cast(v.kernel, ref, 'release');
    expect(await v.run(waiting)).toBe('released');
  });

  it('awaits an asynchronous call handler before the next message', async () => {
    const v = virtualKernel();
    const log: string[] = [];
    const server: Server<number, number, string> = {
      call: async (_self, ms) => {
        await new Promise<void>((resolve) => void v.clock.setTimer(ms, resolve));
        log.push(`called ${ms}`);
        return ms;
      },
      cast: (_self, text) => void log.push(text),
    };
    const pid = started(await v.run(startServer(v.kernel, server)));
    const reply = call(v.kernel, pid, 50);
    cast(v.kernel, pid, 'after');
    expect(await v.run(reply)).toBe(50);
    await v.idle();
    expect(log).toEqual(['called 50', 'after']);
  });

  it('rejects a call that a full mailbox does not take, at once, and one that nobody handles', async () => {
    const v = virtualKernel();
    const pid = started(await v.run(startServer(v.kernel, { cast: () => undefined }, { maxQueue: 1 })));
    await expect(v.run(call(v.kernel, pid, 'x'))).rejects.toMatchObject({ reason: 'not_handled' });
    expect(cast(v.kernel, pid, 'x')).toBe(true);
    expect(cast(v.kernel, pid, 'y')).toBe(false);
    await expect(call(v.kernel, pid, 'x')).rejects.toMatchObject({ reason: 'overloaded' });
    expect(v.kernel.isAlive(pid)).toBe(true);
  });

  it('refuses to call itself', async () => {
    const v = virtualKernel();
    const server: Server<never, unknown, 'go'> = { cast: async (self) => void (await self.call(self.pid, 'x')) };
    const pid = started(await v.run(startServer(v.kernel, server, { name: 'me' })));
    cast(v.kernel, pid, 'go');
    await v.idle();
    expect(pid.exit).toMatchObject({ error: { message: `${String(pid)} calls itself` } });
  });

  it('a cast to the dead is a dead letter', async () => {
    const v = virtualKernel();
    expect(cast(v.kernel, 'nobody', 'x')).toBe(false);
    expect(v.kernel.stats().deadLetters).toBe(1);
  });
});

describe('gen_server: life', () => {
  it('registers its name before init; a taken one is already_started', async () => {
    const v = virtualKernel();
    let during: unknown;
    const server: Server = { init: (self) => void (during = self.kernel.whereis('n')) };
    const pid = started(await v.run(startServer(v.kernel, server, { name: 'n' })));
    expect(during).toBe(pid);
    expect(pid.label).toBe('n');
    expect(await v.run(startServer(v.kernel, server, { name: 'n' }))).toEqual({ error: { already_started: pid } });
  });

  it('init can ignore, stop with a reason, throw, or take too long', async () => {
    const v = virtualKernel();
    const start = (init: Server['init'], initTimeoutMs = 100) =>
      v.run(startServer(v.kernel, { init } as Server, { initTimeoutMs, label: 'x' }));
    const error = new Error('no');
    expect(await start((self) => self.ignore())).toBe('ignore');
    expect(await start((self) => self.stop({ term: 'no_config' }))).toEqual({ error: 'no_config' });
    expect(await start((self) => self.stop('shutdown'))).toEqual({ error: 'shutdown' });
    expect(await start(() => Promise.reject(error))).toEqual({ error: { error } });
    expect(await start(() => new Promise(() => undefined))).toMatchObject({
      error: { error: { message: 'init of "x" took longer than 100 ms' } },
    });
    expect(v.kernel.stats().processes).toBe(0);
  });

  it('its parent’s exit ends it even when it traps; others’ exits are just messages', async () => {
    const v = virtualKernel();
    const told: unknown[] = [];
    const server: Server = {
      info: (_self, { tag }: Message) => void told.push(tag),
      terminate: (_self, reason) => void told.push(reason),
    };
    const parent = started(await v.run(startServer(v.kernel, {})));
    const pid = started(await v.run(startServer(v.kernel, server, { parent, trapExit: true })));
    v.kernel.exit(pid, 'shutdown', pid);
    await v.idle();
    expect(told).toEqual(['EXIT']);
    v.kernel.exit(pid, 'shutdown', parent);
    await v.idle();
    expect(told).toEqual(['EXIT', 'shutdown']);
    expect(pid.exit).toBe('shutdown');
  });

  it('stopServer waits for its end, after what waits already', async () => {
    const v = virtualKernel();
    const log: string[] = [];
    const server: Server<never, unknown, string> = {
      cast: (_self, text) => void log.push(text),
      terminate: async () => {
        await new Promise<void>((resolve) => void v.clock.setTimer(30, resolve));
        log.push('terminated');
      },
    };
    const pid = started(await v.run(startServer(v.kernel, server)));
    cast(v.kernel, pid, 'first');
    await v.run(stopServer(v.kernel, pid, 'shutdown'));
    expect(log).toEqual(['first', 'terminated']);
    expect(pid.exit).toBe('shutdown');
    await expect(stopServer(v.kernel, pid)).rejects.toMatchObject({ reason: 'noproc' });
  });

  it('a message without a handler is reported and ignored', async () => {
    const v = virtualKernel();
    const pid = started(await v.run(startServer(v.kernel, {})));
    v.kernel.send(pid, { tag: 'odd' });
    cast(v.kernel, pid, 'odd');
    await v.idle();
    expect(v.reports).toEqual([
      { kind: 'unexpected_message', pid, tag: 'odd' },
      { kind: 'unexpected_message', pid, tag: '$cast' },
    ]);
  });
});
