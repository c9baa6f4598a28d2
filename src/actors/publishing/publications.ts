import type { Publication } from '../../broker/broker.js';
import type { OutboxPut } from '../../broker/outbox-contract.js';
import { elementsInSteps } from '../../wire/long-charlist.js';
import { encodeConfig, type HostConfig } from '../../wire/messages/config.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { encodeIpsets } from '../../wire/messages/ipsets.js';
import { encodeRulesPayload } from '../../wire/messages/rules-payload.js';
import { encodeRuleset } from '../../wire/messages/ruleset.js';
import type { JsonObject } from '../../model/document.js';
import { byVariant } from '../../model/ruleset-variants.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import { type NamedSets, namedSetsText } from '../../world/group-sets.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';

/**
 * The properties of every message to agents (docs/protocol.md#messages-in-flight; the content type is what agents are
 * used to).
 */
function message(exchange: string, routingKey: string, body: Buffer): Publication {
  return {
    exchange,
    routingKey,
    body,
    contentType: 'text/json',
    persistent: true,
  };
}

/**
 * Words 1 and 2 are literal asterisks (docs/protocol.md#keys-with-literal-asterisks); a host's own key reaches only its
 * queue.
 */
function groupKey(group: string): string {
  return `*.*.${group}.*`;
}
function hostKey(hostkey: string): string {
  return `*.*.*.${hostkey}`;
}

/** Bodies that were used last are kept, up to this many bytes; the newest whatever its size. */
const KEPT_BYTES = 32 << 20;

/**
 * A body is encoded once and sent to whoever is to have it: a fleet that starts at once asks for the same megabytes
 * again and again. As long as a message waits, others share its body; what nobody waits for any more is made again when
 * it is wanted. The time stamp in it is read by nobody (docs/protocol.md#envelope).
 */
function encodedOnce<From extends object>(encode: (from: From, now: number) => Buffer) {
  const bodies = new WeakMap<From, WeakRef<Buffer>>();
  const kept = new Set<Buffer>();
  let bytes = 0;
  const use = (body: Buffer): Buffer => {
    if (!kept.delete(body)) bytes += body.byteLength;
    kept.add(body);
    for (const oldest of kept) {
      if (bytes <= KEPT_BYTES || kept.size === 1) break;
      kept.delete(oldest);
      bytes -= oldest.byteLength;
    }
    return body;
  };
  return (from: From, now: number): Buffer => {
    const known = bodies.get(from)?.deref();
    if (known !== undefined) return use(known);
    const body = encode(from, now);
    bodies.set(from, new WeakRef(body));
    return use(body);
  };
}

const setsBody = encodedOnce(({ body }: RenderedSets, now) => encodeIpsets(body.segments, stampAt(new Date(now))));

const rulesetBodies = encodedOnce(({ texts }: StoredRuleset, now) =>
  encodeRuleset(
    byVariant('wireField', ({ key }) => texts[key].text),
    stampAt(new Date(now)),
  ),
);
/** Rules and the sets that they name in one message: agents load the sets first. */
interface RulesAndSets {
  readonly ruleset: StoredRuleset;
  readonly sets: NamedSets;
}

/** Of each ruleset with its newest sets, so that its body is encoded once too. */
const pairs = new WeakMap<StoredRuleset, RulesAndSets>();

function pairOf(ruleset: StoredRuleset, sets: NamedSets): RulesAndSets {
  const known = pairs.get(ruleset);
  if (known?.sets === sets) return known;
  const pair = { ruleset, sets };
  pairs.set(ruleset, pair);
  return pair;
}

const rulesAndSetsBody = encodedOnce(({ ruleset, sets }: RulesAndSets, now) =>
  encodeRulesPayload(
    { ...byVariant('wireField', ({ key }) => ruleset.texts[key].text), ipsets: namedSetsText(sets) },
    stampAt(new Date(now)),
  ),
);

const namedSetsBody = encodedOnce((sets: NamedSets, now) => encodeIpsets(namedSetsText(sets), stampAt(new Date(now))));

function rulesetBody({ ruleset }: RulesetOutput, now: number, sets: NamedSets | undefined): Buffer {
  return sets === undefined ? rulesetBodies(ruleset, now) : rulesAndSetsBody(pairOf(ruleset, sets), now);
}

/** A ruleset to all agents of its group, with these sets where sets go by group. `now` is epoch milliseconds. */
export function groupRuleset(output: RulesetOutput, now: number, sets?: NamedSets): Publication {
  return message('iptables', groupKey(output.groupName), rulesetBody(output, now, sets));
}

/** The same to one agent. */
export function hostRuleset(output: RulesetOutput, hostkey: string, now: number, sets?: NamedSets): Publication {
  return message('iptables', hostKey(hostkey), rulesetBody(output, now, sets));
}

/** The sets that a group's rules name to all its agents; their rules are left alone. */
export function groupSetsAlone(groupName: string, sets: NamedSets, now: number): Publication {
  return message('iptables', groupKey(groupName), namedSetsBody(sets, now));
}

/** The same to one agent, after rules that it was sent before; `groupId`: after what this group is sent, too. */
export function setsAloneToHost(sets: NamedSets, hostkey: string, now: number, groupId?: string): OutboxPut {
  return {
    target: `host-sets/${hostkey}`,
    class: 'host',
    after: [`host/${hostkey}`, ...(groupId === undefined ? [] : [`group/${groupId}`])],
    publication: message('iptables', hostKey(hostkey), namedSetsBody(sets, now)),
  };
}

/** All sets to all agents. */
export function allSets(sets: RenderedSets, now: number): Publication {
  return message('ipsets', 'fanout', setsBody(sets, now));
}

/** Makes what is new in a large text of all sets ready, with pauses: `allSets` and `hostSets` only put it together then. */
export function allSetsReady(sets: RenderedSets): Generator<void, void> {
  return elementsInSteps(sets.body.segments);
}

/** All sets to one agent (docs/protocol.md#a-restart-concerns-one-host). */
export function hostSets(sets: RenderedSets, hostkey: string, now: number): Publication {
  return message('iptables', hostKey(hostkey), setsBody(sets, now));
}

/** A host's row to its agent (docs/protocol.md#host-configuration). */
export function hostConfig(row: HostConfig & JsonObject, now: number): Publication {
  return message('config', row.hostkey, encodeConfig(row, stampAt(new Date(now))));
}
