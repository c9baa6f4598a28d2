import type { HostSent } from '../actors/hosts/host-messages.js';
import type { AgentQueue } from '../broker/management/agent-queues.js';
import type { HashField, RulesetVariant } from '../model/ruleset-variants.js';
import type { HostState } from '../host/host-state.js';
import type { GroupLine, GroupState, HostLine } from './fleet-answers.js';

/** By what a page of hosts may be sorted; what is not known comes last in both orders, equals by name. */
export const HOST_SORTS = ['name', 'group', 'state', 'reported', 'differing', 'repairs'] as const;
export type HostSort = (typeof HOST_SORTS)[number];

/** The same of groups. */
export const GROUP_SORTS = ['name', 'hosts', 'converged', 'published', 'state'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/** Which part of a sorted list is wanted. */
export interface PageAsked<Sort extends string> {
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  /** How many come before the page. */
  readonly offset: number;
  readonly limit: number;
}

export interface HostsAsked extends PageAsked<HostSort> {
  /** In name, hostkey, group or an address, in any case; blank: all. */
  readonly q: string;
  /** Undefined: all. */
  readonly states: ReadonlySet<HostState> | undefined;
  /** The name of a group; undefined: all. */
  readonly group: string | undefined;
  /** Only hosts of which this hash differs. */
  readonly differing: HashField | undefined;
}

export interface GroupsAsked extends PageAsked<GroupSort> {
  /** In the name of the group or of its profile, in any case; blank: all. */
  readonly q: string;
  readonly states: ReadonlySet<GroupState> | undefined;
  /** The id or name of a profile; undefined: all. */
  readonly profile: string | undefined;
  /** The id or name of a group; undefined: all. */
  readonly group: string | undefined;
}

/** One host of a page. */
export interface HostRow extends HostLine {
  /** The first four that go into sets, IPv4 first: no loopback, no link-local ones. */
  readonly addresses: readonly string[];
  /** How many of those there are. */
  readonly address_count: number;
  /** Something for its group is not sent, or not confirmed by the broker, or has not come to this host yet. */
  readonly pending: boolean;
  /** Why; null: nothing is pending. */
  readonly pending_why: string | null;
}

/** `GET /api/V2/fleet/hosts` (docs/http-api.md#pages-of-the-fleet). */
export interface HostPage {
  /** How many hosts match, on whatever page. */
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  /** Of the hosts that match all but `state`. */
  readonly by_state: Readonly<Record<HostState, number>>;
  readonly hosts: readonly HostRow[];
}

/** One group of a page. */
export interface GroupRow extends GroupLine {
  /** How many of its hosts report, and report exactly the rules and sets that they were sent. */
  readonly converged: number;
  readonly profile_id: string | null;
}

/** `GET /api/V2/fleet/groups`. */
export interface GroupPage {
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  /** Of the groups that match all but `state`. */
  readonly by_state: Readonly<Record<GroupState, number>>;
  readonly groups: readonly GroupRow[];
}

/**
 * Where a line of a ruleset's text comes from: a rule (by the id of the ruleset or profile that holds it, and its place
 * there), what every ruleset has (`skeleton`, or a chain's `policy`), or a policy that is no longer this one (`former`).
 */
export type Source =
  | (({ readonly ruleset: string } | { readonly profile: string }) & {
      readonly direction: 'inbound' | 'outbound';
      /** Place in the rules of this direction, from 0. */
      readonly index: number;
      readonly comment: string;
    })
  | { readonly fixed: 'policy' | 'skeleton' }
  | { readonly former: true };

export interface LineOf {
  readonly text: string;
  /** Null: not known. */
  readonly source: Source | null;
}

/** A set that a group's rules name. */
export interface SetOf {
  /** As in the kernel, such as `web_gv4`. */
  readonly name: string;
  readonly family: 'v4' | 'v6';
  /** Addresses in it, as published last; null: it is not published. */
  readonly count: number | null;
  /** What it holds the addresses of; `environment`: of a group or zone that a linked server has under its own name. */
  readonly of: 'zone' | 'group' | 'environment';
  /** The id of that zone or group; null: there is no document of it, as of `all-active`. */
  readonly id: string | null;
  /** Its name. */
  readonly label: string;
}

/** `GET /api/V2/group/:id/lines`: the rules that a group's hosts, or one of them, are to have. */
export interface GroupLines {
  readonly group_id: string;
  readonly group: string;
  readonly profile_id: string | null;
  /** The ruleset that holds the profile's rules today; null: the profile holds them itself, or there are none. */
  readonly ruleset_id: string | null;
  /** The revision that these texts are; null: not known, or not published yet. */
  readonly number: number | null;
  /** No lines: it has no such text. At most `MOST_LINES` of each. */
  readonly texts: Readonly<Record<RulesetVariant['apiName'], readonly LineOf[]>>;
  /** Lines of each text beyond those given. */
  readonly left_out: Readonly<Record<RulesetVariant['apiName'], number>>;
  readonly sets: readonly SetOf[];
}

/** Most lines of one text in an answer. */
export const MOST_LINES = 5_000;

/** `GET /api/V2/sets/:name`: what a set holds, as it was published last. */
export interface SetContent {
  readonly name: string;
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly addresses: readonly string[];
}

/** Pages of the fleet for people. Answered from plain state, a slice at a time: no actor is asked. */
export interface FleetPages {
  hosts(asked: HostsAsked): Promise<HostPage>;
  groups(asked: GroupsAsked): Promise<GroupPage>;
  /**
   * Of a group, by id or name, or of one of its hosts, by id, hostkey or name.
   * @param stop what it gives is thrown, between two steps
   */
  lines(
    group: string,
    host: string | undefined,
    stop?: () => Error | undefined,
  ): Promise<GroupLines | 'unknown_group' | 'unknown_host'>;
  /** Undefined: no such set is published. */
  set(name: string, page: Pick<PageAsked<never>, 'offset' | 'limit'>): SetContent | undefined;
}

/** `GET /api/V2/host/:id/queues`. */
export interface HostQueues {
  /** RabbitMQ's management API is configured (`broker.management.url`); otherwise nothing is known of queues. */
  readonly configured: boolean;
  readonly queues: readonly AgentQueue[];
  /** Why the management API did not answer. */
  readonly error: string | null;
}

/** `POST /api/V2/host/:id/send` answers with `HostSent`. */
export type { AgentQueue, HostSent };

/** `POST /api/V2/host/:id/reconnect`. */
export interface HostReconnected {
  /** Connections of its agent that were closed; 0: it has none now. */
  readonly closed: number;
}

/** What may be asked and ordered of one host, by its id, hostkey or name. Undefined: there is no such host. */
export interface HostOrders {
  queues(host: string): Promise<HostQueues | undefined>;
  /** Sends it what it is to have once more. Rejects with `StoreError` `unavailable` while its actor does not answer. */
  send(host: string, author: string): Promise<HostSent | undefined>;
  /**
   * Closes the connection of its agent, which makes another. Rejects with `StoreError` `unavailable` where the management
   * API does not do it.
   */
  reconnect(host: string, author: string): Promise<HostReconnected | 'not_configured' | undefined>;
}
