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

/**
 * Whether what a host has loaded lets packets of a connection to the broker out, also of one that there is already: told by the text of its
 * filter table, as the analysis reads it.
 */
export function letsReportsOut(broker: BrokerAddress): LetsOut {
  const filters = new WeakMap<object, { readonly sets: object; readonly filter: Filter }>();
  return ({ kernel, identity }) => passes(filterOf(filters, kernel), identity, broker);
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

function passes(filter: Filter, { interfaces }: AgentIdentity, { host, port }: BrokerAddress): boolean {
  const src = (interfaces['eth0'] ?? []).find((address) => !address.includes(':'));
  if (src === undefined) return true;
  const packet = {
    chain: 'OUTPUT',
    family: 'v4',
    interface: 'eth0',
    src,
    dst: host,
    protocol: TCP,
    sport: AGENT_PORT,
    dport: port,
    state: 'ESTABLISHED',
  } as const;
  return explainPackets(filter, { kind: 'single', packets: [packet] }).every(isAccepted);
}
