import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Candidate } from '../actors/cluster/candidate.js';
import type { ServerBase, ServerContext } from '../actors/context.js';
import { releaseLease } from '../actors/cluster/release-lease.js';
import { patiently } from '../actors/store/store-patiently.js';
import type { Broker } from '../broker/broker.js';
import { fencedBroker } from '../broker/fenced-broker.js';
import type { Applicant, Lease } from '../cluster/lease.js';
import { Leadership } from '../cluster/leadership.js';
import type { Runtime, Standing } from '../http/deps.js';
import type { Journal } from '../journal/journal.js';
import type { Pid, Self } from '../otp/index.js';
import { fencedStore } from '../store/fenced-store.js';
import { wantedDialect, type WantedDialect } from './choose-dialect.js';
import { createContext } from './create-context.js';
import { leaderSup, waitingSup } from './dog-trainer-sup.js';
import { earlyRuntime } from './early-runtime.js';
import { forgetJournal } from './forget-journal.js';
import { httpRuntime } from './http-runtime.js';
import { killTree } from './kill-tree.js';
import { scrapeFigures } from './scrape-figures.js';
import type { ServerWork } from './server-work.js';
import { startLate } from './start-late.js';
import { workerSpec } from './worker-spec.js';

/** Longest wait for the lease to be given up; otherwise it expires. */
const RELEASE_MS = 400;
/** So many leases without a leader are no accident. */
const VACANT_LEASES = 2;

export interface ElectedParts {
  readonly broker: Broker;
  readonly journal: Journal | undefined;
  readonly root: () => Pid | undefined;
  /** The id of the data directory. */
  readonly server: string;
  /** Where others reach the API; asked when it listens. */
  readonly apiUrl: () => string;
}

/**
 * One of several servers on one store: it stands by until it holds the lease, then does all that a server alone does.
 * Once it has lost the lease it sends nothing more, and its tree ends.
 */
export const electedWork = (base: ServerBase, parts: ElectedParts): ServerWork => {
  const { kernel, config, log, metrics, store } = base;
  const { root } = parts;
  const leaseMs = config.cluster.lease_seconds * 1000;
  const holder = randomUUID();
  const name = config.cluster.name ?? hostname();
  const me = (): Applicant => ({ holder, server: parts.server, name, url: parts.apiUrl() });

  let lost: Error | undefined;
  const leadership = new Leadership({
    clock: kernel.clock,
    leaseMs,
    onLost({ term }, why) {
      broker.abandon();
      metrics.gauge('dog_trainer_leader', 0);
      log.error({ term, name, why }, 'the lease is lost');
      lost = new Error(`the lease is lost (term ${term}): ${why}; nothing more is sent, start the server again`);
      killTree(kernel, root());
    },
  });
  const broker = fencedBroker(parts.broker, () => leadership.holds());
  const fence = () => {
    const lease = leadership.lease();
    return lease === undefined ? undefined : { term: lease.term, until: lease.expiresAt };
  };

  const standing = (): Standing => {
    const lease = leadership.lease();
    if (lease !== undefined) return { role: 'leader', term: lease.term };
    const leader = leadership.leader();
    return leader === undefined
      ? { role: 'follower' }
      : { role: 'follower', leader: { name: leader.name, url: leader.url, term: leader.term } };
  };

  let dialect: WantedDialect | undefined;
  let context: ServerContext | undefined;
  let runtime: Runtime = earlyRuntime(base, root, {
    standing,
    dialect: () => dialect?.dialect,
    troubles() {
      if (leadership.holds()) return ['leader_sup: not started yet'];
      if (leadership.closed) return ['candidate: the lease is over, this server ends'];
      const vacant = leadership.vacantMs();
      if (vacant > VACANT_LEASES * leaseMs) return [`candidate: nobody has led for ${Math.floor(vacant / 1000)} s`];
      return leadership.leader() === undefined ? ['candidate: it is not known yet who leads'] : [];
    },
    notes() {
      const leader = leadership.leader();
      return leader === undefined ? [] : [`standing by: ${leader.name} leads (term ${leader.term})`];
    },
  });

  const lead = async (self: Self, { previous, term }: Lease): Promise<void> => {
    if (context === undefined) {
      const journal = usableJournal(parts, previous, base);
      const made = await patiently(self, base, () =>
        createContext({ ...base, store: fencedStore(store, fence), broker, journal, observe: false }),
      );
      context = made;
      scrapeFigures(made);
      runtime = leading(httpRuntime(made, { root, standing }), term);
    }
    await startLate(kernel, 'dog_trainer', leaderSup(context));
  };

  const candidate = () =>
    new Candidate(base, {
      leadership,
      me,
      leaseMs,
      lead,
      async standBy() {
        // What a leader has settled stays; before that it may still change.
        if (dialect === undefined || (dialect.from !== 'config' && dialect.from !== 'setting'))
          dialect = await wantedDialect(config, store);
      },
    });

  return {
    tree: (http) => waitingSup(base, http, workerSpec('candidate', candidate)),
    runtime: () => runtime,
    context: () => context,
    whyEnded: () => lost,
    async finish() {
      const term = leadership.close()?.term;
      // Whatever the stop could not close in order: the next leader may begin as soon as the lease is given up.
      broker.abandon();
      const release = releaseLease(store, holder).then(
        (had) => {
          if (had) log.info({ term: term ?? null, name }, 'the lease is given up');
        },
        (error: unknown) => log.warn({ err: error }, 'the lease could not be given up; it expires'),
      );
      await Promise.race([release, sleep(RELEASE_MS, undefined, { ref: false })]);
    },
  };
};

/** What this server's journal holds is good as long as no other has led since it was written. */
const usableJournal = (
  { journal, server }: ElectedParts,
  previous: string | undefined,
  { log }: ServerBase,
): Journal | undefined => {
  if (journal === undefined || previous === undefined || previous === server) return journal;
  const messages = journal.recovered.length;
  if (messages > 0)
    log.warn(
      { messages },
      'another server led since the journal was written: its messages are dropped, and what is not confirmed is made anew',
    );
  return forgetJournal(journal);
};

const leading = (runtime: Runtime, term: number): Runtime => ({
  ...runtime,
  readiness() {
    const { ready, reasons } = runtime.readiness();
    return { ready, reasons: [...reasons, `leading (term ${term})`] };
  },
});
