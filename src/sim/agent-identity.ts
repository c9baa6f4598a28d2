import type { HostConfig } from '../wire/messages/config.js';

/** The identity of one simulated host. */
export interface AgentIdentity {
  readonly hostkey: string;
  /** Fully qualified host name. */
  readonly name: string;
  readonly group: string;
  /** `*` in practice; any other value gets no messages from the server (docs/protocol.md#keys-with-literal-asterisks). */
  readonly environment: string;
  readonly location: string;
  /** Interface name to addresses, loopback and link-local ones included. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
  /** The Elixir agent never sends `update`, omits the docker list, and does not announce its stop. */
  readonly kind: 'erlang' | 'elixir';
  readonly version: string;
}

/** The part that `config.json` holds and a config message changes. */
export function configOf({ hostkey, group, environment, location }: AgentIdentity): HostConfig {
  return { hostkey, group, environment, location };
}
