import type { AgentIdentity } from './agent-identity.js';

/** The identity of host number `index` (from 0): the same in every run, addresses unlike any other host's. */
export function fleetHost(index: number, group: string): AgentIdentity {
  const number = index + 1;
  const padded = String(number).padStart(4, '0');
  return {
    hostkey: `sim-hostkey-${padded}`,
    name: `host-${padded}.sim.example`,
    group,
    environment: '*',
    location: '*',
    interfaces: { lo: ['127.0.0.1', '::1'], eth0: fleetAddresses(index) },
    // Every tenth host runs the Elixir agent.
    kind: index % 10 === 9 ? 'elixir' : 'erlang',
    version: 'sim-1',
  };
}

/** IPv4, IPv6 and link-local address of host number `index`; `round` > 0: as they are after that many changes. */
export function fleetAddresses(index: number, round = 0): readonly string[] {
  const number = index + 1;
  // Groups of an IPv6 address have four digits.
  const [high, low] = [number >> 16, (number & 65_535).toString(16)];
  const hex = high === 0 ? low : `${high.toString(16)}:${low}`;
  const v4 = `10.${(20 + round * 20 + (number >> 16)) % 256}.${(number >> 8) & 255}.${number & 255}`;
  return [v4, `fd00:d06:${(round + 1).toString(16)}::${hex}`, `fe80::d06:${hex}`];
}
