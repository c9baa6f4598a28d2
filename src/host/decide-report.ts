import { textOf } from '../model/text-of.js';
import type { Document, Json, JsonObject } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import {
  checkHashes,
  hashMemoryOf,
  type HashCheckOptions,
  type HashField,
  type HashVerdict,
  type Wanted,
} from './hash-check.js';
import type { HostKnowledge, HostReport } from './host-report.js';
import { shownBy } from './unverified.js';
import { fieldsOf, stateOf, TRANSITIONS, type AlertKind, type HostEvent, type HostState } from './host-state.js';

/** Seconds after a good-bye in which an agent may still send a last keepalive (seen in captures): it changes nothing. */
const STOP_ECHO_SECONDS = 10;

export interface ReportContext {
  /** Epoch seconds. */
  readonly now: number;
  /**
   * Absent: the host's group is unknown or virtual, and no hash can be compared
   * (docs/host-lifecycle.md#processing-a-report).
   */
  readonly wanted: Wanted | undefined;
  readonly hashCheck: HashCheckOptions;
  readonly agentStopGraceSeconds: number;
  /** `operator`: a group that was set over the API is final (`host.group_owner`). Default `report`. */
  readonly groupOwner?: GroupOwner;
  /** Rules of hosts whose agents can't show them are read back; what was found so counts. Default false. */
  readonly readsBack?: boolean;
  /**
   * The row and what is known are those that this very report gave the last time: it says nothing that they do not, and
   * only times and what the check of hashes gives may be others. The outcome is the same without it. Default false.
   */
  readonly again?: boolean;
}

export type GroupOwner = 'report' | 'operator';

/** What follows from a report, beside the row. */
export interface ReportOutcome {
  /** The row that was given, where the report changes nothing. */
  readonly row: Document;
  readonly known: HostKnowledge;
  readonly from: HostState;
  readonly to: HostState;
  /** Absent when no event applied (group unknown). */
  readonly event?: HostEvent;
  readonly mail?: AlertKind;
  /** Reported hashes that are not the wanted ones, tolerated or not. */
  readonly differing: readonly HashField[];
  /** What is worth sending to this host again: the check failed, its agent has just started, or its sets are outdated. */
  readonly resend: { readonly sets: boolean; readonly rules: boolean };
  /**
   * The agent still reports a group that the API has changed: it gets its config again
   * (docs/host-lifecycle.md#whose-group-it-is).
   */
  readonly sendConfig: boolean;
  /** Set by a good-bye: the keepalive deadline is this many seconds away, if that is sooner. */
  readonly deadlineInSeconds?: number;
  /** The agent can't show its rules, and could before, or it is not known yet. */
  readonly turned?: 'first_seen' | 'was_verified' | 'verified_again';
}

/**
 * Who owns group, environment and location (docs/host-lifecycle.md#whose-group-it-is): the report, when it says
 * something else than last time; the row, when the report only repeats itself. Without knowledge the row is taken for
 * the last report.
 */
function owned(row: Document, known: HostKnowledge | undefined, report: HostReport, owner: GroupOwner) {
  const pick = (last: string, now: string, stored: string): string => (now === last ? stored : now);
  return {
    group:
      owner === 'operator' && operatorSet(row, known)
        ? textOf(row.group)
        : pick(known?.reportedGroup ?? textOf(row.group), report.group, textOf(row.group)),
    environment: pick(
      known?.reportedEnvironment ?? textOf(row.environment),
      report.environment,
      textOf(row.environment),
    ),
    location: pick(known?.reportedLocation ?? textOf(row.location), report.location, textOf(row.location)),
  };
}

/** Whether the row's group came over the API: it is not what the host last reported, or was so before. */
function operatorSet(row: Document, known: HostKnowledge | undefined): boolean {
  return known === undefined || known.operatorGroup === true || known.reportedGroup !== textOf(row.group);
}

/** Fields of a row that are an operator's or this server's own: no agent sets them. */
const NOT_THE_AGENTS: ReadonlySet<string> = new Set([
  'id',
  'active',
  'hashpass',
  'hash_fail_count',
  'hash_alert_sent',
  'keepalive_alert_sent',
  'keepalive_timestamp',
  'iptables_hash_timestamp',
  'ipset_hash_timestamp',
  'alert_enable',
  'vars',
  'group_pending',
  'group_claimed',
  'unverified',
  // What no store takes as a field.
  'dog_trainer_store',
  '__proto__',
]);
/** An agent that invents ever new fields does not make its row grow for ever; real ones have about 35. */
const MOST_FIELDS = 64;

/**
 * What an agent says beyond the documented fields goes into the row too, as it always did
 * (docs/host-lifecycle.md#what-a-report-may-say).
 */
function extraOf(row: JsonObject, { extra = {} }: HostReport): JsonObject {
  if (Object.keys(extra).length === 0) return {};
  let room = MOST_FIELDS - Object.keys(row).length;
  const taken = Object.entries(extra).filter(
    ([field]) => !NOT_THE_AGENTS.has(field) && (Object.hasOwn(row, field) || room-- > 0),
  );
  return Object.fromEntries(taken);
}

/** A keepalive of a dying agent, sent between its good-bye and its end. */
function isEcho(known: HostKnowledge | undefined, report: HostReport, now: number): boolean {
  return (
    known?.stoppedAt !== undefined &&
    report.updateType !== 'force' &&
    Math.abs(now - known.stoppedAt) <= STOP_ECHO_SECONDS
  );
}

const NOTHING = { sets: false, rules: false };

/**
 * A host that can't show its rules gets them when its agent starts, since it is not known what it runs then, and when they
 * were read back and are wrong: not with every report until they were read again.
 */
function resendOf(
  { pass, differing, setsOutdated }: HashVerdict,
  starting: boolean,
  unverified: boolean,
): ReportOutcome['resend'] {
  const failed = starting || !pass;
  return {
    sets: setsOutdated || (failed && differing.includes('ipset_hash')),
    rules: unverified ? starting : failed && differing.some((field) => field !== 'ipset_hash'),
  };
}

/** The group that the row will have after this report: what the caller must look up `wanted` for. */
export function groupAfter(
  row: Document,
  known: HostKnowledge | undefined,
  report: HostReport,
  owner: GroupOwner = 'report',
): string {
  return owned(row, known, report, owner).group;
}

/**
 * What a report does to a known host: pure, so that a store may run it again on a newer row.
 */
export function decideReport(
  row: Document,
  known: HostKnowledge | undefined,
  report: HostReport,
  context: ReportContext,
): ReportOutcome {
  const { now, wanted, groupOwner = 'report' } = context;
  const place = owned(row, known, report, groupOwner);
  const byOperator = groupOwner === 'operator' && operatorSet(row, known);
  const starting = report.updateType === 'force' && !report.stopped;
  const echo = isEcho(known, report, now);
  const saidGoodbye = report.stopped || echo;

  const shown = shownBy(report, known, wanted, now, context.hashCheck.toleranceSeconds);
  const unverified = shown.unverified !== undefined;
  // What another variant, or another agent, was found to have says nothing of this one.
  const found = shown.unverified === known?.unverified && context.readsBack === true ? (known?.readBack ?? []) : [];
  const verdict =
    wanted === undefined
      ? undefined
      : checkHashes(report.hashes, wanted, hashMemoryOf(row), now, context.hashCheck, unverified ? found : undefined);
  const verified =
    known?.verified === true ||
    (!unverified &&
      wanted?.rules !== undefined &&
      verdict?.differing.every((field) => field === 'ipset_hash') === true);
  const event: HostEvent | undefined = saidGoodbye
    ? 'agent_stopped'
    : verdict === undefined
      ? undefined
      : verdict.pass
        ? 'pass_hashcheck'
        : 'fail_hashcheck';
  const from = stateOf(row);
  const step = event === undefined ? { to: from } : TRANSITIONS[from][event];
  // No mail said that a host which stopped on purpose went away, so none says that it is back.
  const quietReturn =
    ('mail' in step && step.mail === 'keepalive_recover' && known?.stoppedAt !== undefined) ||
    // Nor is a host back in control because its rules can't be seen any more.
    ('mail' in step && step.mail === 'hash_recover' && unverified && known?.unverified === undefined);

  const kept = withoutShown(row);
  const changes: JsonObject = {
    ...(context.again === true ? {} : { ...extraOf(kept, report), ...report.fields, ...place }),
    keepalive_timestamp: now,
    // A good-bye says nothing new about the rules; counting it would fail a host for stopping.
    ...(verdict === undefined || saidGoodbye ? {} : verdict.memory),
    ...(step.to === from ? {} : fieldsOf(step.to)),
    ...(place.group === report.group ? {} : { group_pending: true }),
    ...(byOperator && place.group !== report.group ? { group_claimed: report.group } : {}),
    ...(unverified ? { unverified: true } : {}),
  };
  const stoppedAt = echo ? known?.stoppedAt : report.stopped ? now : undefined;
  return {
    row: rowWith(row, kept, changes),
    known: {
      reportedGroup: report.group,
      reportedEnvironment: report.environment,
      reportedLocation: report.location,
      boundGroup: starting ? report.group : (known?.boundGroup ?? textOf(row.group)),
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(byOperator ? { operatorGroup: true } : {}),
      ...(verified ? { verified } : {}),
      ...(shown.unverified === undefined ? {} : { unverified: shown.unverified }),
      ...(unverified && found.length > 0 ? { readBack: found } : {}),
      ...(shown.still === undefined ? {} : { still: shown.still }),
    },
    ...turnOf(known, unverified),
    from,
    to: step.to,
    ...(event === undefined ? {} : { event }),
    ...('mail' in step && step.mail !== undefined && !quietReturn ? { mail: step.mail } : {}),
    differing: verdict?.differing ?? [],
    resend: saidGoodbye || verdict === undefined ? NOTHING : resendOf(verdict, starting, unverified),
    sendConfig:
      place.group !== report.group || place.environment !== report.environment || place.location !== report.location,
    ...(saidGoodbye ? { deadlineInSeconds: context.agentStopGraceSeconds } : {}),
  };
}

/** The row without what a report shows anew, or not at all: itself, where it has nothing of that. */
function withoutShown(row: Document): JsonObject {
  if (row['group_pending'] === undefined && row['group_claimed'] === undefined && row['unverified'] === undefined)
    return row;
  const { group_pending: _dropped, group_claimed: _also, unverified: _shownAnew, ...kept } = row;
  return kept;
}

/** What is `kept` of the row, with these changes; the row itself where they change nothing, which costs a store nothing. */
function rowWith(row: Document, kept: JsonObject, changes: JsonObject): Document {
  const names = Object.keys(changes);
  if (
    kept === row &&
    row['keepalive_timestamp'] === changes['keepalive_timestamp'] &&
    names.every((name) => sameJson(row[name], changes[name]))
  )
    return row;
  const next: Record<string, Json> & { id: string } = { ...kept, id: row.id };
  // A text that is the same stays the very string that the row has: the report's own need not be kept.
  for (const name of names) {
    const value = changes[name];
    if (value !== undefined && next[name] !== value) next[name] = value;
  }
  return next;
}

function turnOf(known: HostKnowledge | undefined, unverified: boolean): Pick<ReportOutcome, 'turned'> {
  const before = known?.unverified !== undefined;
  if (unverified === before) return {};
  if (!unverified) return { turned: 'verified_again' };
  return { turned: known?.verified === true ? 'was_verified' : 'first_seen' };
}

/**
 * The row of a host that registers itself with a `force` report
 * (docs/host-lifecycle.md#processing-a-report); its state is `new`.
 */
export function registerHost(report: HostReport, now: number): { row: JsonObject; known: HostKnowledge } {
  return {
    row: {
      active: 'new',
      environment: '*',
      location: '*',
      hash_fail_count: 0,
      hash_alert_sent: '',
      keepalive_alert_sent: '',
      ipset_hash_timestamp: '',
      iptables_hash_timestamp: '',
      ...extraOf(report.fields, report),
      ...report.fields,
      hostkey: report.hostkey,
      name: report.name,
      group: report.group,
      keepalive_timestamp: now,
    },
    known: {
      reportedGroup: report.group,
      reportedEnvironment: report.environment,
      reportedLocation: report.location,
      boundGroup: report.group,
    },
  };
}
