import { lookup } from 'node:dns/promises';
import { isIPv4, isIPv6 } from 'node:net';
import type { Guard, IdleGuard } from './guard.js';

/** What the configuration guards. */
export interface GuardSettings {
  /** ENDs from which ssh to every managed host must be accepted. */
  readonly sshFrom: readonly string[];
  /** Where the broker listens; empty: that is not guarded. */
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  /** ENDs that answer DNS. */
  readonly dns: readonly string[];
}

/** The guards there are now, and those whose addresses are not known. */
export interface KnownGuards {
  readonly guards: readonly Guard[];
  readonly idle: readonly IdleGuard[];
}

/** Tells the guards of a server. */
export interface GuardBook {
  current(): Promise<KnownGuards>;
}

export const NO_GUARDS: GuardBook = { current: () => Promise.resolve({ guards: [], idle: [] }) };

const [TCP, UDP] = [6, 17];
const [SSH, DNS] = [22, 53];

/** How long the addresses of a name count, and how long a name server may take. */
const GOOD_FOR_MS = 60_000;
const PATIENCE_MS = 2000;

/** Gives the addresses of a name. */
export type LookUpName = (name: string) => Promise<readonly string[]>;

async function lookUpName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

interface Named {
  readonly at: number;
  readonly addresses: readonly string[];
  readonly reason: string | null;
}

/**
 * Guards as the configuration has them. Names of brokers are looked up again once a minute; while that fails, their last
 * addresses count, and without any the guard is idle.
 */
export function guardBook(
  { sshFrom, brokers, dns }: GuardSettings,
  now: () => number,
  lookUp: LookUpName = lookUpName,
): GuardBook {
  const names = new Map<string, Named>();

  const addressesOf = async (host: string): Promise<Named> => {
    if (isIPv4(host) || isIPv6(host)) return { at: 0, addresses: [host], reason: null };
    const known = names.get(host);
    if (known !== undefined && now() - known.at < GOOD_FOR_MS) return known;
    const found = await withinTime(lookUp(host)).then(
      (addresses) => ({ at: now(), addresses, reason: null }),
      (error: unknown) => ({
        at: now(),
        addresses: known?.addresses ?? [],
        reason: `${host} cannot be looked up: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
    names.set(host, found);
    return found;
  };

  const brokerGuards = async (): Promise<KnownGuards> => {
    const guards = new Map<string, Guard>();
    const idle = new Map<string, IdleGuard>();
    for (const { host, port } of brokers) {
      const { addresses, reason } = await addressesOf(host);
      const idly = (why: string) => {
        const id = `broker ${host}:${port}`;
        idle.set(id, { id, name: `every host may connect to the broker ${host} port ${port}`, reason: why });
      };
      if (addresses.length === 0) idly(reason ?? `${host} has no address`);
      for (const address of addresses) {
        if (isLoopback(address)) {
          idly(`${address} is this machine's own: hosts reach the broker by another address, which is not known`);
          continue;
        }
        const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
        const id = `broker ${where}`;
        const name = `hosts may connect to the broker at ${where}`;
        guards.set(id, { id, name, kind: 'broker', end: address, way: 'from hosts', protocol: TCP, port });
      }
    }
    return { guards: [...guards.values()], idle: [...idle.values()] };
  };

  const fixed: readonly Guard[] = [
    ...[...new Set(sshFrom)].map((end): Guard => ({
      id: `ssh_from ${end}`,
      name: `ssh from ${end} to hosts`,
      kind: 'ssh_from',
      end,
      way: 'to hosts',
      protocol: TCP,
      port: SSH,
    })),
    ...[...new Set(dns)].map((end): Guard => ({
      id: `dns ${end}`,
      name: `hosts may ask the name server ${end}`,
      kind: 'dns',
      end,
      way: 'from hosts',
      protocol: UDP,
      port: DNS,
    })),
  ];
  return {
    async current() {
      const { guards, idle } = await brokerGuards();
      return { guards: [...fixed, ...guards], idle };
    },
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
