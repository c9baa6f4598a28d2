import type { Json, JsonObject } from '../model/document.js';
import type { RulesetType } from '../model/ruleset-variants.js';
import { HASH_FIELDS, type HashField, type Hashes } from './hash-check.js';

/** Which of the two variants of a ruleset a host runs: with sets, or with addresses written out. */
export type RunsVariant = RulesetType;

/** A pair of reported hashes that stood still while what was wanted changed. */
export interface StandingStill {
  /** The hashes of the rulesets with sets, IPv4 first, joined by a blank. */
  readonly reported: string;
  /** What was wanted instead when that was last looked at. */
  readonly wanted: string;
  /** How often that has changed meanwhile. */
  readonly changes: number;
}

/** What an agent said in one report, already decoded and cleaned (docs/protocol.md#report). */
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

/** All that a report says, documented or not. */
export function allFieldsOf({ fields, extra = {} }: HostReport): JsonObject {
  return Object.keys(extra).length === 0 ? fields : { ...fields, ...extra };
}

/**
 * What is known of a host beside its row (table `host_report`, id = hostkey; docs/host-lifecycle.md#whose-group-it-is).
 * `reported*` are the values of the last report; `boundGroup` is the group of the last start of the agent, to which its
 * queue stays bound whatever it reports later (docs/protocol.md#the-first-message-costs-the-queue). `stoppedAt` is
 * epoch seconds of a good-bye.
 */
export interface HostKnowledge {
  readonly reportedGroup: string;
  readonly reportedEnvironment: string;
  readonly reportedLocation: string;
  readonly boundGroup: string;
  readonly stoppedAt?: number;
  /** The row's group was set over the API, and stands whatever is reported (`host.group_owner: operator`). */
  readonly operatorGroup?: boolean;
  /** Its rule hashes have been right at least once. */
  readonly verified?: boolean;
  /** Its agent can't show its rules; which variant it runs. */
  readonly unverified?: RunsVariant;
  /** While `unverified`: hashes that were found wrong when its rules were last read back. */
  readonly readBack?: readonly HashField[];
  /** Hashes that may turn out never to change. */
  readonly still?: StandingStill;
}

/** Reads what `knowledgeToDoc` wrote; anything else is no knowledge. */
export function knowledgeFromDoc(doc: JsonObject | undefined): HostKnowledge | undefined {
  if (doc === undefined) return undefined;
  const { reported_group, reported_environment, reported_location, bound_group, stopped_at, operator_group } = doc;
  const { verified, unverified, read_back: readBack, still } = doc;
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
    ...(verified === true ? { verified: true } : {}),
    ...(unverified === 'ipsets' || unverified === 'iptables' ? { unverified } : {}),
    ...(Array.isArray(readBack) ? { readBack: HASH_FIELDS.filter((field) => readBack.includes(field)) } : {}),
    ...stillOf(still),
  };
}

function stillOf(value: Json | undefined): { readonly still?: StandingStill } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  const { reported, wanted, changes } = value as JsonObject;
  if (typeof reported !== 'string' || typeof wanted !== 'string' || typeof changes !== 'number') return {};
  return { still: { reported, wanted, changes } };
}

export function knowledgeToDoc(hostkey: string, known: HostKnowledge): JsonObject & { readonly id: string } {
  return {
    id: hostkey,
    reported_group: known.reportedGroup,
    reported_environment: known.reportedEnvironment,
    reported_location: known.reportedLocation,
    bound_group: known.boundGroup,
    ...(known.stoppedAt === undefined ? {} : { stopped_at: known.stoppedAt }),
    ...(known.operatorGroup === true ? { operator_group: true } : {}),
    ...(known.verified === true ? { verified: true } : {}),
    ...(known.unverified === undefined ? {} : { unverified: known.unverified }),
    ...(known.readBack === undefined || known.readBack.length === 0 ? {} : { read_back: [...known.readBack] }),
    ...(known.still === undefined ? {} : { still: { ...known.still } }),
  };
}
