import { startGenServer, supervisorSpec, type ChildSpec } from '../otp/index.js';
import type { MakeByKey } from './make.js';

/** Messages that wait for one host or group; its reports are bounded by the broker's prefetch long before. */
const MAX_QUEUE = 10_000;

/**
 * Actors by key, all temporary (docs/decisions/0013-hosts-and-groups-spend-nobodys-restarts.md): started by their first
 * message and, after a crash, by their next one with back-off, so that one bad host or group never spends a budget. The
 * supervisor itself restarts no child.
 */
export function dynamicSup(id: string, kind: string, make: MakeByKey): ChildSpec {
  const prefix = `${kind}:`;
  return supervisorSpec(id, { strategy: 'simple_one_for_one', intensity: 1, periodS: 5 }, () => {
    const child: ChildSpec<readonly [string]> = {
      id: kind,
      restart: 'temporary',
      // They hold nothing that is not stored or redelivered: a stop need not wait for their turn.
      shutdown: 1000,
      start: ({ system, parent }, key) =>
        startGenServer(system, make(key), { parent, label: prefix + key, maxQueue: MAX_QUEUE }),
    };
    return [child];
  });
}
