import { describe, expect, it } from 'vitest';
import { call, cast, createKernel, serverName, startServer, startSupervisor } from '../../src/otp/index.js';
import type { ChildSpec, Self, Server } from '../../src/otp/index.js';
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
