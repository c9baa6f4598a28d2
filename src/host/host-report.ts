import type { JsonObject } from '../model/document.js';
import type { Hashes } from './hash-check.js';

/** What an agent said in one report, already decoded and cleaned (agent-protocol section 4). */
export interface HostReport {
  readonly updateType: 'force' | 'update' | 'keepalive';
  /** True in the shutdown report: `active` = `inactive`. */
  readonly stopped: boolean;
  readonly hostkey: string;
  readonly name: string;
  readonly group: string;
  readonly environment: string;
  readonly location: string;
  readonly hashes: Hashes;
  /** Every field that goes into the host row, hashes and `interfaces` text included; not `updatetype`, not `active`. */
  readonly fields: JsonObject;
  /** What it says beyond that, an agent of another version perhaps. */
  readonly extra?: JsonObject;
}

/**
 * What is known of a host beside its row (table `host_report`, id = hostkey; decisions 12).
 * `reported*` are the values of the last report; `boundGroup` is the group of the last start of the agent, to which
 * its queue stays bound whatever it reports later (agent-protocol P6). `stoppedAt` is epoch seconds of a good-bye.
 */
export interface HostKnowledge {
  readonly reportedGroup: string;
  readonly reportedEnvironment: string;
  readonly reportedLocation: string;
  readonly boundGroup: string;
  readonly stoppedAt?: number;
  /** The row's group was set over the API, and stands whatever is reported (`host.group_owner: operator`). */
  readonly operatorGroup?: boolean;
}

/** Reads what `knowledgeToDoc` wrote; anything else is no knowledge. */
export const knowledgeFromDoc = (doc: JsonObject | undefined): HostKnowledge | undefined => {
  if (doc === undefined) return undefined;
  const { reported_group, reported_environment, reported_location, bound_group, stopped_at, operator_group } = doc;
  if (
    typeof reported_group !== 'string' ||
    typeof reported_environment !== 'string' ||
    typeof reported_location !== 'string' ||
    typeof bound_group !== 'string'
  )
    return undefined;
  return {
    reportedGroup: reported_group,
    reportedEnvironment: reported_environment,
    reportedLocation: reported_location,
    boundGroup: bound_group,
    ...(typeof stopped_at === 'number' ? { stoppedAt: stopped_at } : {}),
    ...(operator_group === true ? { operatorGroup: true } : {}),
  };
};

export const knowledgeToDoc = (hostkey: string, known: HostKnowledge): JsonObject & { readonly id: string } => ({
  id: hostkey,
  reported_group: known.reportedGroup,
  reported_environment: known.reportedEnvironment,
  reported_location: known.reportedLocation,
  bound_group: known.boundGroup,
  ...(known.stoppedAt === undefined ? {} : { stopped_at: known.stoppedAt }),
  ...(known.operatorGroup === true ? { operator_group: true } : {}),
});
