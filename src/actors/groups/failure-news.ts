import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { Log } from '../../log/log.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { raiseCompileAlert, type RaiseCompileAlertNeeds } from '../alerts/raise-alert.js';

export interface FailureNewsNeeds extends RaiseCompileAlertNeeds {
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count' | 'observe'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
}

/** A group whose policy can't be compiled, or can be again. */
interface Whom {
  readonly id: string;
  readonly name: string;
  /** Its row, if there is one. */
  readonly group: Document | undefined;
}

/** Tells people that a group's policy can't be compiled: once per failure, and once after a restart for one that was there before. */
export class FailureNews {
  readonly #needs: FailureNewsNeeds;
  #told = false;

  constructor(needs: FailureNewsNeeds) {
    this.#needs = needs;
  }

  /** This group's actor, or one before it in this process, told of a failure. */
  get told(): boolean {
    return this.#told;
  }

  /** It fails with another error than before, or for the first time. */
  isNew(whom: Whom, error: JsonObject): void {
    if (isUnfinished(whom, error)) return;
    this.#tell(whom, error, 'the group cannot be compiled');
    if (whom.group !== undefined) raiseCompileAlert(this.#needs, whom.group, textOf(error.message));
  }

  /** It fails as it did before. */
  isOld(whom: Whom, error: JsonObject): void {
    if (!this.#told && !isUnfinished(whom, error)) this.#tell(whom, error, 'the group still cannot be compiled');
  }

  isOver({ id, name }: Pick<Whom, 'id' | 'name'>): void {
    this.#needs.log.info({ group: name }, 'the group compiles again');
    this.#needs.events.put({ kind: 'compile_recovered', group_id: id, group: name });
  }

  #tell({ id, name }: Whom, error: JsonObject, what: string): void {
    const { metrics, log, events } = this.#needs;
    this.#told = true;
    const reason = textOf(error.message) || textOf(error.reason);
    events.put({ kind: 'compile_failed', group_id: id, group: name, reason });
    metrics.count('generate_iptables_ruleset', 'error');
    metrics.count('dog_trainer_compile_failures_total');
    log.error({ group: name, error }, `${what}; its hosts keep the last good ruleset until the policy is mended`);
  }
}

/** A group that was given no profile is not finished; one whose profile is gone is broken. */
function isUnfinished({ group }: Whom, error: JsonObject): boolean {
  return error.reason === 'profile_not_found' && textOf(group?.profile_id) === '';
}
