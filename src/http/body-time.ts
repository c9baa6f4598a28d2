import type { IncomingMessage, ServerResponse } from 'node:http';

/** So often it is looked whether bytes are flowing, per the time that they may take. */
const LOOKS = 4;

/** Bounds the time in which the body of one request comes. */
class BodyTime {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #ms: number;
  #timer: NodeJS.Timeout;

  constructor(request: IncomingMessage, response: ServerResponse, ms: number) {
    this.#request = request;
    this.#response = response;
    this.#ms = ms;
    this.#timer = setTimeout(() => this.#late(), ms);
    request.once('close', () => clearTimeout(this.#timer));
  }

  /** From now on only a pause counts, one in which not a byte comes. */
  countPauses(): void {
    const { socket } = this.#request;
    clearTimeout(this.#timer);
    let [bytes, quiet] = [socket.bytesRead, 0];
    const look = (): void => {
      quiet = socket.bytesRead === bytes ? quiet + 1 : 0;
      bytes = socket.bytesRead;
      if (quiet >= LOOKS) return this.#late();
      this.#timer = setTimeout(look, this.#ms / LOOKS);
    };
    this.#timer = setTimeout(look, this.#ms / LOOKS);
    if (this.#request.destroyed) clearTimeout(this.#timer);
  }

  #late(): void {
    const { socket, complete } = this.#request;
    if (complete || socket.destroyed) return;
    if (!this.#response.headersSent) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    socket.destroySoon();
  }
}

const times = new WeakMap<IncomingMessage, BodyTime>();

/** Ends the connection of a request whose body is not whole after `ms` milliseconds. */
export function boundBodyTime(request: IncomingMessage, response: ServerResponse, ms: number): void {
  if (!request.complete && hasBody(request)) times.set(request, new BodyTime(request, response, ms));
}

/** Without either header there is none (RFC 9112 section 6.3), and it is whole as soon as its head is. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/**
 * Lets a file come at the pace of the client's line, however long that takes: from now on the connection is ended after as
 * long a pause. Only for callers whose right to send one was checked.
 */
export function boundPausesOnly(request: IncomingMessage): void {
  times.get(request)?.countPauses();
}
