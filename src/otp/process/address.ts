import type { Name, Pid } from './pid.js';

declare const protocol: unique symbol;

/**
 * Phantom: what a server understands. A function type, so that the checker refuses both a request the server does not
 * know and a reference to a server that knows less (nact's `Ref<T>` checks neither).
 */
export interface Speaks<Call, Reply, Cast> {
  readonly [protocol]: (call: Call, cast: Cast) => Reply;
}

/** A process that runs a `Server<Call, Reply, Cast>`. At run time a plain Pid. */
export type ServerRef<Call, Reply, Cast> = Pid & Speaks<Call, Reply, Cast>;

/** The registered name of such a process; survives its restarts. At run time a plain string. */
export type ServerName<Call, Reply, Cast> = Name & Speaks<Call, Reply, Cast>;

/** Where calls and casts that the checker verifies may go. */
export type ServerAddress<Call, Reply, Cast> = ServerRef<Call, Reply, Cast> | ServerName<Call, Reply, Cast>;

/** Anything that can be sent to: a process, or the one that holds a name when the message is sent. */
export type Address = Pid | Name;

/** An address that says nothing about its protocol: requests to it go unchecked. */
export type Untyped = Address & { readonly [protocol]?: never };

/**
 * Says which protocol the process registered as `name` speaks. Nothing checks that at run time.
 * @example const WORLD = serverName<WorldCall, WorldReply, WorldCast>('world');
 */
export function serverName<Call, Reply, Cast>(name: Name): ServerName<Call, Reply, Cast> {
  return name as ServerName<Call, Reply, Cast>;
}
