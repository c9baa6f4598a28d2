import { addressesText } from '../../analysis/addresses-json.js';
import type { Json, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isList, isObject } from '../../model/validate.js';

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}
function textsOf(value: Json | undefined): readonly string[] {
  return isList(value) ? value.map(textOf) : [];
}

/** `10.9.0.0/24 (zone:office)`; the first three nets of many. */
function peersText(value: Json | undefined): string {
  const { addresses, count, names, except } = isObject(value) ? value : {};
  const called = textsOf(names);
  const peers = {
    addresses: textsOf(addresses),
    count: textOf(count),
    names: called,
    ...(except === undefined ? {} : { except: textsOf(except) }),
  };
  return `${addressesText(peers, 3)}${called.length === 0 ? '' : ` (${called.slice(0, 3).join(', ')})`}`;
}

function packetsText({ family, protocol, ports, source_ports: from, icmp_types: types }: JsonObject): string {
  return [
    textOf(family),
    textOf(protocol),
    ...(typeof ports === 'string' ? [ports] : []),
    ...(typeof types === 'string' ? [`type ${types}`] : []),
    ...(typeof from === 'string' ? [`from port ${from}`] : []),
  ].join(' ');
}

/** Where a line comes from, in words; rules are counted from 1, as people do. */
function sourceText(value: Json | undefined): string {
  if (!isObject(value)) return '';
  const { fixed, former, ruleset, profile, direction, index, comment } = value;
  if (fixed === 'policy') return 'no rule decides: the policy of the chain';
  if (fixed !== undefined) return 'one of the fixed lines around the rules';
  if (former !== undefined) return 'of a ruleset that policy does not make any more';
  const note = typeof comment === 'string' && comment !== '' ? ` ${JSON.stringify(comment)}` : '';
  const holder = ruleset === undefined ? `profile ${textOf(profile)}` : `ruleset ${textOf(ruleset)}`;
  return `${textOf(direction)} rule ${typeof index === 'number' ? index + 1 : '?'}${note} of ${holder}`;
}

/** With a time: the revision that was held, or why that is not known. */
function heldText({ revision, why }: JsonObject): string {
  return typeof why !== 'string' && typeof revision === 'number' ? `, revision ${revision}` : '';
}

function stepLines(step: JsonObject): readonly string[] {
  const { host, group, chain, state, verdict, line, source, outcomes, why } = step;
  const where = `${textOf(chain)} ${textOf(state)}`;
  if (verdict === 'unmanaged') return [`    ${where} of a host that is not ours`];
  const of = textOf(group);
  const who = typeof host === 'string' ? `${host} (${of})` : of === '' ? 'hosts that are gone' : `hosts of ${of}`;
  const head = `    ${where} of ${who}${heldText(step)}: ${textOf(verdict)}`;
  if (typeof why === 'string') return [head, `      ${why}`];
  const decides = (one: { readonly line?: Json; readonly source?: Json }): readonly string[] =>
    [typeof one.line === 'string' ? one.line : '', sourceText(one.source)].filter((text) => text !== '');
  const several = objectsOf(outcomes);
  if (several.length === 0)
    return [head, ...decides({ line: line ?? null, source: source ?? null }).map((text) => `      ${text}`)];
  return [
    head,
    ...several.flatMap((one) => [`      ${textOf(one['verdict'])}:`, ...decides(one).map((text) => `        ${text}`)]),
  ];
}

/** A case of `explain`: what it is about, then its steps. */
export function caseLines(one: JsonObject): readonly string[] {
  return [
    `  ${textOf(one['verdict'])}: ${packetsText(one)}, ${peersText(one['from'])} -> ${peersText(one['to'])}`,
    ...objectsOf(one['steps']).flatMap(stepLines),
  ];
}

/** A row of `reach`. */
export function rowLine(row: JsonObject): string {
  const own = row['own'] === undefined ? '' : `, of the end only ${peersText(row['own'])}`;
  const source = sourceText(row['source']);
  return `${textOf(row['verdict'])}: ${packetsText(row)}, ${peersText(row['peer'])}${own}${source === '' ? '' : `; ${source}`}`;
}

/** Hosts that an answer is not about: a rollout gave them newer rules than their group has. */
export function aheadLines({ ahead }: JsonObject): readonly string[] {
  return objectsOf(ahead).map(({ group, rollout, hosts, host_count: count }) => {
    const names = textsOf(hosts);
    const more = typeof count === 'number' && count > names.length ? ` and ${count - names.length} more` : '';
    return `not about ${names.join(', ')}${more} of group ${textOf(group)}: rollout ${textOf(rollout)} gave them newer rules`;
  });
}

const KINDS: Readonly<Record<string, string>> = {
  never: 'never decides',
  needless: 'is not needed',
};

function ruleLines(rule: JsonObject): readonly string[] {
  const lines = objectsOf(rule['lines']);
  const groups = textsOf(rule['groups']);
  const part = rule['whole'] === true ? '' : ` in ${lines.length} of its lines`;
  const differs = rule['differs'] === true ? ', and what decides instead decides otherwise' : '';
  const where = groups.length === 0 ? '' : `; groups: ${groups.join(', ')}`;
  const kind = KINDS[textOf(rule['kind'])] ?? textOf(rule['kind']);
  return [
    `${sourceText(rule['source'])} ${kind}${part} (${textOf(rule['family'])})${differs}${where}`,
    ...lines.flatMap((line) => {
      const by = objectsOf(line['by']);
      const instead =
        by.length === 0 ? ['it takes no packet: its set is empty'] : by.map((one) => sourceText(one['source']));
      return [`  ${textOf(line['line'])}`, ...instead.map((text) => `    instead: ${text}`)];
    }),
  ];
}

/** What `analysis` prints; empty: nothing was found. */
export function analysisLines(answer: JsonObject): readonly string[] {
  const { rules, errors, error, unused, sets } = answer;
  return [
    ...objectsOf(rules).flatMap(ruleLines),
    ...(typeof error === 'string' ? [`its rules cannot be looked at: ${error}`] : []),
    ...objectsOf(errors).map(
      (one) => `group ${textOf(one['name'])}: its rules cannot be looked at: ${textOf(one['error'])}`,
    ),
    ...Object.entries(isObject(unused) ? unused : {}).flatMap(([table, rows]) => {
      const names = objectsOf(rows).map(({ name }) => textOf(name));
      return names.length === 0 ? [] : [`${table} that nobody uses: ${names.join(', ')}`];
    }),
    ...objectsOf(sets).map((one) => `set ${textOf(one['name'])}: ${textOf(one['reason'])}`),
  ];
}
