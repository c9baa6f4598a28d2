import type { Document, Json, JsonObject } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { isList, isObject } from '../../model/validate.js';

/** What is done to a rule, to see whether an assertion notices. */
export type MutantKind = 'delete' | 'flip' | 'widen_ports' | 'widen_peer' | 'swap_with_next';

/** A ruleset with one rule otherwise than it is. */
export interface Mutant {
  readonly kind: MutantKind;
  readonly direction: 'inbound' | 'outbound';
  /** Place of the rule, from 0. */
  readonly index: number;
  readonly rule: JsonObject;
  readonly ruleset: Document;
  /** A service of all ports, which the rule names instead of its own. */
  readonly service?: Document;
}

const DIRECTIONS = ['inbound', 'outbound'] as const;

/** The service with the same protocols and every port; undefined: it has them already, or its protocols have no ports. */
function widened(service: Document): Document | undefined {
  const items = service['services'];
  if (!isList(items)) return undefined;
  const wide = items.map((item) =>
    isObject(item) && /^(tcp|udp|udplite|sctp)$/.test(String(item['protocol'] as string))
      ? { ...item, ports: ['0:65535'] }
      : item,
  );
  if (sameJson(wide, items)) return undefined;
  return { ...service, id: `${service.id}-with-every-port`, name: `${service.id}-with-every-port`, services: wide };
}

/** Every mutant of the active rules of a ruleset. */
export function* mutantsOf(ruleset: Document, services: { get(id: string): Document | undefined }): Generator<Mutant> {
  const { rules } = ruleset;
  if (!isObject(rules)) return;
  for (const direction of DIRECTIONS) {
    const list = rules[direction];
    if (!isList(list)) continue;
    const changed = (next: readonly Json[]): Document => ({ ...ruleset, rules: { ...rules, [direction]: next } });
    for (const [index, rule] of list.entries()) {
      if (!isObject(rule) || rule['active'] === false) continue;
      const here = { direction, index, rule };
      const replaced = (change: JsonObject): Document => changed(list.with(index, { ...rule, ...change }));
      yield { ...here, kind: 'delete', ruleset: changed(list.filter((_, at) => at !== index)) };
      yield { ...here, kind: 'flip', ruleset: replaced({ action: rule['action'] === 'ACCEPT' ? 'DROP' : 'ACCEPT' }) };
      const service = typeof rule['service'] === 'string' ? services.get(rule['service']) : undefined;
      const wide = service === undefined ? undefined : widened(service);
      if (wide !== undefined)
        yield { ...here, kind: 'widen_ports', ruleset: replaced({ service: wide.id }), service: wide };
      if (rule['group_type'] !== 'ANY')
        yield { ...here, kind: 'widen_peer', ruleset: replaced({ group_type: 'ANY', group: 'any' }) };
      const next = list[index + 1];
      if (next !== undefined && !sameJson(next, rule))
        yield { ...here, kind: 'swap_with_next', ruleset: changed(list.with(index, next).with(index + 1, rule)) };
    }
  }
}
