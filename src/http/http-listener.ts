import type { DetailObject, ExitReason, Self, GenServer } from '../otp/index.js';
import type { HttpServer } from './server.js';

/** How long a restarted listener waits for its predecessor to free the port. */
const PORT_TRIES = 50;
const PORT_WAIT_MS = 100;
/** How long requests in progress may take at an ordered stop. */
const CLOSE_MS = 3000;

/**
 * A server that listens, as an actor: it serves while the actor lives, and however the actor ends, the port is freed.
 */
export class HttpListener implements GenServer {
  readonly #start: () => Promise<HttpServer>;
  readonly #listening: (port: number) => void;
  readonly #explain: (error: unknown) => unknown;
  #server: HttpServer | undefined = undefined;

  /** `listening` is told the real port each time the server is up; `explain` says what a failure to listen means. */
  constructor(options: {
    readonly start: () => Promise<HttpServer>;
    readonly listening: (port: number) => void;
    readonly explain?: (error: unknown) => unknown;
  }) {
    this.#start = options.start;
    this.#listening = options.listening;
    this.#explain = options.explain ?? ((error) => error);
  }

  async init(self: Self): Promise<void> {
    const server = await this.#startPatiently(self);
    if (self.signal.aborted) {
      // Killed meanwhile: its successor needs the port.
      await server.close(0);
      return;
    }
    this.#server = server;
    self.signal.addEventListener('abort', () => void this.#server?.close(0), { once: true });
    this.#listening(server.port);
  }

  async terminate(_self: Self, _reason: ExitReason): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.close(CLOSE_MS);
  }

  describe(): DetailObject {
    return { port: this.#server?.port ?? null };
  }

  /** The predecessor's socket closes a moment after its actor died; a port that stays taken is an error. */
  async #startPatiently(self: Self): Promise<HttpServer> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#start();
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (!taken || tries >= PORT_TRIES) throw this.#explain(error);
        await new Promise<void>((resolve) => self.system.clock.setTimer(PORT_WAIT_MS, resolve));
        if (self.signal.aborted) throw error;
      }
    }
  }
}
