import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** What the proxy does with the bytes it gets, in both directions, from now on. */
export type ProxyFault =
  | { readonly kind: 'none' }
  /** Each chunk arrives this much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A black hole: bytes vanish, nothing is closed; new connections are accepted and vanish too. */
  | { readonly kind: 'swallow' }
  /** New connections are reset; the open ones go on. */
  | { readonly kind: 'refuse' };

/** A TCP proxy of the test's own between a client and a server. */
export interface TcpProxy {
  readonly port: number;
  /** Connections through it now, and since the start. */
  readonly openConnections: number;
  readonly totalConnections: number;
  /** Bytes passed on, and bytes that vanished. */
  readonly bytesPassed: number;
  readonly bytesSwallowed: number;
  set(fault: ProxyFault): void;
  /** Cuts every open connection with a reset. */
  cut(): void;
  /** Drops the next `bytes` bytes towards the server: a corrupt stream. */
  drop(bytes: number): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  let fault: ProxyFault = { kind: 'none' };
  let toDrop = 0;
  let total = 0;
  let passed = 0;
  let swallowed = 0;
  const pairs = new Set<{ readonly client: Socket; readonly upstream: Socket }>();

  const pass = (from: Socket, to: Socket, towardsServer: boolean): void => {
    from.on('data', (chunk: Buffer) => {
      let bytes = chunk;
      if (towardsServer && toDrop > 0) {
        const lost = Math.min(toDrop, bytes.length);
        toDrop -= lost;
        swallowed += lost;
        bytes = bytes.subarray(lost);
      }
      if (fault.kind === 'swallow') {
        swallowed += bytes.length;
        return;
      }
      passed += bytes.length;
      const send = (): void => {
        if (to.destroyed) return;
        if (to.write(bytes)) return;
        from.pause();
        to.once('drain', () => from.resume());
      };
      if (fault.kind === 'delay') setTimeout(send, fault.ms);
      else send();
    });
  };

  const server: Server = createServer((client) => {
    total++;
    if (fault.kind === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    const pair = { client, upstream };
    pairs.add(pair);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        // In a black hole the other side never hears of it.
        if (fault.kind !== 'swallow') other.destroy();
      });
    }
    pass(client, upstream, true);
    pass(upstream, client, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    get openConnections() {
      return pairs.size;
    },
    get totalConnections() {
      return total;
    },
    get bytesPassed() {
      return passed;
    },
    get bytesSwallowed() {
      return swallowed;
    },
    set(next) {
      fault = next;
    },
    cut() {
      for (const { client, upstream } of [...pairs]) {
        client.resetAndDestroy();
        upstream.destroy();
      }
    },
    drop(bytes) {
      toDrop = bytes;
    },
    async close() {
      for (const { client, upstream } of [...pairs]) {
        client.destroy();
        upstream.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
