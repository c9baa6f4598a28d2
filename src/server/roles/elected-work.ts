import { clearRefusedAlarms } from '../../actors/publishing/refused-alarm.js';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Candidate } from '../../actors/cluster/candidate.js';
import { releaseLease } from '../../actors/cluster/release-lease.js';
import type { Broker } from '../../broker/broker.js';
import type { Applicant, Lease } from '../../cluster/lease.js';
import { Leadership } from '../../cluster/leadership.js';
import type { Operations, Standing } from '../../operations/operations.js';
import type { Journal } from '../../journal/journal.js';
import type { Pid, Self } from '../../otp/index.js';
import { wantedDialect, type WantedDialect } from '../opening/choose-dialect.js';
import { waitingSup } from '../../supervisors/dog-trainer-sup.js';
import { leadingOperations } from '../../operations/leading-operations.js';
import { waitingOperations } from '../../operations/waiting-operations.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import type { JournalInTurn } from '../opening/journal-in-turn.js';
import { Reign } from './reign.js';
import { scrapeFigures } from '../reporting/scrape-figures.js';
import { leadingNeeds } from '../state/operations-needs.js';
import type { ServerBase } from '../state/server-base.js';
import type { ServerWork } from './server-work.js';

/** Longest wait for the lease to be given up; otherwise it expires. */
const RELEASE_MS = 400;
/** So many leases without a leader are no accident. */
const VACANT_LEASES = 2;

export interface ElectedParts {
  readonly broker: Broker;
  readonly linkBroker: CreateLinkBroker;
  readonly journal: JournalInTurn;
  readonly root: () => Pid | undefined;
  /** The id of the data directory. */
  readonly server: string;
  /** Where others reach the API; asked when it listens. */
  readonly apiUrl: () => string;
}

/**
 * One of several servers on one store: it stands by until it holds the lease, then does all that a server alone does.
 * Once it has lost the lease it sends nothing more, takes down what it led with, and stands by again.
 */
export function electedWork(base: ServerBase, parts: ElectedParts): ServerWork {
  const { system, config, log, metrics, store } = base;
  const { root } = parts;
  const leaseMs = config.cluster.lease_seconds * 1000;
  const name = config.cluster.name ?? hostname();
  /** A new one for each lead: a lease of the lead before has no living holder, and runs out as any other. */
  let holder = randomUUID();
  const me = (): Applicant => ({ holder, server: parts.server, name, url: parts.apiUrl() });

  let reign: Reign | undefined;
  /** Resolves when nothing is left of the lead before. */
  let ended: Promise<void> = Promise.resolve();
  const leadership = new Leadership({
    clock: system.clock,
    leaseMs,
    onLost({ term }, why) {
      const over = reign;
      reign = undefined;
      operations = standingBy;
      holder = randomUUID();
      metrics.gauge('dog_trainer_leader', 0);
      log.error({ term, name, why }, 'the lease is lost');
      // In this very step, whatever its actors are in the middle of.
      const end = over?.end();
      ended = ended
        .then(() => end)
        .then(
          () => {
            // What the broker refused is the next leader's to say.
            clearRefusedAlarms(base.alarms);
            log.info({ term, name }, 'nothing of the lost lead is left; standing by');
          },
          (error: unknown) => log.error({ err: error, term }, 'a lost lead did not end in order'),
        );
    },
  });

  /** Another server that leads; a lease of this one's that is lost only has to run out. */
  const otherLeader = (): Lease | undefined => {
    const leader = leadership.leader();
    return leader?.server === parts.server ? undefined : leader;
  };
  const standing = (): Standing => {
    const lease = leadership.lease();
    if (lease !== undefined) return { role: 'leader', term: lease.term };
    const leader = otherLeader();
    return leader === undefined
      ? { role: 'follower' }
      : { role: 'follower', leader: { name: leader.name, url: leader.url, term: leader.term } };
  };

  let dialect: WantedDialect | undefined;
  const standingBy: Operations = waitingOperations(base, root, {
    standing,
    dialect: () => dialect?.dialect,
    troubles() {
      if (leadership.holds()) return ['leader_sup: not started yet'];
      if (leadership.closed) return ['candidate: this server is being stopped'];
      const vacant = leadership.vacantMs();
      if (vacant > VACANT_LEASES * leaseMs) return [`candidate: nobody has led for ${Math.floor(vacant / 1000)} s`];
      return otherLeader() === undefined ? ['candidate: it is not known yet who leads'] : [];
    },
    notes() {
      const leader = otherLeader();
      return leader === undefined ? [] : [`standing by: ${leader.name} leads (term ${leader.term})`];
    },
  });
  let operations: Operations = standingBy;
  scrapeFigures(base, () => reign?.state);

  const lead = async (self: Self, lease: Lease): Promise<void> => {
    await ended;
    if (leadership.lease()?.term !== lease.term) return;
    const journal = async (): Promise<Journal | undefined> =>
      usableJournal(await parts.journal.take(), parts.server, lease.previous, base);
    const mine =
      reign?.term === lease.term
        ? reign
        : new Reign(base, { leadership, broker: parts.broker, linkBroker: parts.linkBroker, journal }, lease);
    reign = mine;
    await mine.begin(self, (state) => {
      operations = leadingOperations(leadingNeeds(state), { root, standing });
    });
  };

  const candidate = () =>
    new Candidate({
      clock: system.clock,
      store,
      log,
      metrics,
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
    tree: (actors) => waitingSup(actors, { id: 'candidate', make: candidate }),
    operations: () => operations,
    state: () => reign?.state,
    async finish() {
      const term = leadership.close()?.term;
      // Whatever the stop could not close in order: the next leader may begin as soon as the lease is given up.
      reign?.abandon();
      const release = releaseLease(store, holder).then(
        (had) => {
          if (had) log.info({ term: term ?? null, name }, 'the lease is given up');
        },
        (error: unknown) => log.warn({ err: error }, 'the lease could not be given up; it expires'),
      );
      await Promise.race([release, sleep(RELEASE_MS, undefined, { ref: false })]);
    },
  };
}

/** What this server's journal holds is good as long as no other has led since it was written. */
async function usableJournal(
  journal: Journal | undefined,
  server: string,
  previous: string | undefined,
  { log, metrics }: ServerBase,
): Promise<Journal | undefined> {
  if (journal === undefined || previous === undefined || previous === server) return journal;
  const messages = journal.recovered.length;
  metrics.count('dog_trainer_journal_dropped_total', 'another_server_led', messages);
  if (messages > 0)
    log.warn(
      { messages },
      'another server led since the journal was written: its messages are dropped, and what is not confirmed is made anew',
    );
  await journal.forget().catch((error: unknown) => {
    log.error(
      { err: error },
      'the journal could not be emptied: what it holds is still on disk, but not sent by this lead',
    );
  });
  return journal;
}
