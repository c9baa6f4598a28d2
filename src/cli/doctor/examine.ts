import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.js';
import { lookBeforeStart } from '../../server/checks/look-before-start.js';
import { tryWhatStartTakes } from '../../server/checks/try-what-start-takes.js';
import { ok, warning, wrong, type Finding } from './finding.js';
import { lookAtBroker } from './look-at-broker.js';
import { lookAtBrokersCertificates } from './look-at-brokers-certificates.js';
import { lookAtCertificates, lookAtClock } from './look-at-clock.js';
import { lookAtDisk } from './look-at-disk.js';
import { lookAtOwners } from './look-at-owners.js';
import { lookAtServer } from './look-at-server.js';
import { lookAtStore } from './look-at-store.js';

/**
 * Looks at everything, one after another; none keeps the others from being looked at. Makes and changes nothing.
 * `installed`: the configuration is that of the installed service.
 */
export async function examine(
  config: Config,
  warnings: readonly string[],
  { installed }: { readonly installed: boolean },
): Promise<readonly Finding[]> {
  const findings: Finding[] = warnings.map((text) => warning('configuration', text, 'see config/default.yaml'));
  if (warnings.length === 0) findings.push(ok('configuration', 'valid'));
  // Where one has run, one should run; before the first start none can.
  const server = await lookAtServer(config, { expected: installed || hasRun(config) });
  findings.push(...server.findings);
  const { faults, notes } = await lookBeforeStart(config, { observe: false });
  findings.push(...faults.map(({ message }) => wrong('start', message, 'a start would fail; put this right first')));
  findings.push(...notes.map((note) => warning('start', note, 'a start would go on without it')));
  if (faults.length === 0) {
    const tried = await tryWhatStartTakes(config, { observe: false });
    for (const { message, taken } of tried.faults) {
      // The server that answers has its own ports and directories.
      if (taken && server.answers) continue;
      findings.push(
        wrong(
          'start',
          message,
          taken ? 'stop what has it, or configure another port or directory' : 'put this right before a start',
        ),
      );
    }
    if (tried.faults.length === 0) findings.push(ok('start', 'ports are free, directories can be written'));
  }
  const now = Date.now();
  findings.push(lookAtClock(server.date, server.askedAt, now));
  findings.push(...(await lookAtCertificates(config, now)));
  findings.push(...(await lookAtBrokersCertificates(config, now)));
  findings.push(...(await lookAtBroker(config)));
  findings.push(...(await lookAtStore(config)));
  findings.push(...lookAtOwners(config));
  findings.push(...lookAtDisk(config));
  return findings;
}

function hasRun({ store }: Pick<Config, 'store'>): boolean {
  return store.kind === 'sqlite' && existsSync(store.path);
}
