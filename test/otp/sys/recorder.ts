import { startGenServer } from '../../../src/otp/index.js';
import type { GenServer, GenServerOptions, Message, Pid, Self } from '../../../src/otp/index.js';
import type { VirtualSystem } from '../../../src/otp/testing/index.js';

/** Casts to a recorder. */
export type RecorderCast =
  | { readonly tag: 'note'; readonly what: string }
  | { readonly tag: 'work'; readonly ms: number }
  | { readonly tag: 'every'; readonly ms: number }
  | { readonly tag: 'fail'; readonly error: Error };

/** A server that writes down what it handles, in order; its secret is not to be seen. */
export class Recorder implements GenServer<{ readonly tag: 'count' }, number, RecorderCast, Message> {
  readonly seen: string[] = [];
  readonly secret = 'hunter2';
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(v: VirtualSystem) {
    this.#sleep = (ms) => new Promise((resolve) => v.clock.setTimer(ms, resolve));
  }

  handleCall(): number {
    return this.seen.length;
  }

  handleCast(self: Self, message: RecorderCast): void | Promise<void> {
    switch (message.tag) {
      case 'note':
        this.seen.push(message.what);
        return;
      case 'work':
        return this.#sleep(message.ms).then(() => void this.seen.push('worked'));
      case 'every':
        self.sendInterval(message.ms, { tag: 'tick' });
        return;
      case 'fail':
        throw message.error;
    }
  }

  handleInfo(_self: Self, message: Message): void {
    this.seen.push(message.tag);
  }

  describe() {
    return { seen: this.seen.length };
  }
}

/** Starts a server and gives its process. */
export async function startOne<Call, Reply, Cast, Info extends Message>(
  v: VirtualSystem,
  server: GenServer<Call, Reply, Cast, Info>,
  options: GenServerOptions = {},
): Promise<Pid> {
  const started = await v.run(startGenServer(v.system, server, options));
  if (typeof started !== 'object' || !('ok' in started)) throw new Error('the server did not start');
  return started.ok;
}
