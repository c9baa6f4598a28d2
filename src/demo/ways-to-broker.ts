import { bindRuleset, explainPackets, isAccepted, readRuleset, readSets, type Filter } from '../analysis/index.js';
import type { AgentIdentity } from '../sim/agent-identity.js';
import type { LetsOut } from '../sim/sim-agent.js';
import type { SimKernel } from '../sim/kernel/sim-kernel.js';

/** Where agents find the broker, IPv4. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Any port above 1023 would do: rules name the broker's. */
const AGENT_PORT = 50_000;
const TCP = 6;

/** Whether a host's own rules let packets of its connection to the broker pass, also where there is that connection already. */
export interface BrokerWays {
  /** What it sends: reports. */
  readonly out: LetsOut;
  /** What it is sent: rules. */
  readonly in: LetsOut;
}

/** Told by the text of the filter table that a host has loaded, as the analysis reads it. */
export function waysTo(broker: BrokerAddress): BrokerWays {
  const filters = new WeakMap<object, { readonly sets: object; readonly filter: Filter }>();
  const passing =
    (chain: 'INPUT' | 'OUTPUT'): LetsOut =>
    ({ kernel, identity }) =>
      passes(filterOf(filters, kernel), chain, identity, broker);
  return { out: passing('OUTPUT'), in: passing('INPUT') };
}

function filterOf(
  known: WeakMap<object, { readonly sets: object; readonly filter: Filter }>,
  kernel: SimKernel,
): Filter {
  const { sets } = kernel;
  const table = kernel.filter('inet');
  const found = known.get(table);
  if (found?.sets === sets) return found.filter;
  const filter = bindRuleset(
    readRuleset(kernel.saveFilter('inet'), 'v4', { foreign: true }),
    readSets(kernel.saveSets()),
    {
      foreign: true,
    },
  );
  known.set(table, { sets, filter });
  return filter;
}

function passes(
  filter: Filter,
  chain: 'INPUT' | 'OUTPUT',
  { interfaces }: AgentIdentity,
  { host, port }: BrokerAddress,
): boolean {
  const own = (interfaces['eth0'] ?? []).find((address) => !address.includes(':'));
  if (own === undefined) return true;
  const ends =
    chain === 'OUTPUT'
      ? { src: own, sport: AGENT_PORT, dst: host, dport: port }
      : { src: host, sport: port, dst: own, dport: AGENT_PORT };
  const packet = { chain, family: 'v4', interface: 'eth0', protocol: TCP, state: 'ESTABLISHED', ...ends } as const;
  return explainPackets(filter, { kind: 'single', packets: [packet] }).every(isAccepted);
}
