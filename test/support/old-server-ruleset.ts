import type { Json, JsonObject } from '../../src/model/document.js';

/**
 * The old server's ruleset generator, written down line for line from docs/rulesets.md#what-the-first-server-wrote,
 * defects included, as a second opinion that shares nothing with the compiler. Throws where the old server failed.
 */

interface OldInput {
  readonly rules: { readonly inbound: readonly JsonObject[]; readonly outbound: readonly JsonObject[] };
  readonly type: 'ipsets' | 'iptables';
  readonly version: 'v4' | 'v6';
  readonly selfGroup: string;
  readonly groups: Readonly<Record<string, string>>;
  readonly zones: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, { readonly name: string; readonly services: readonly JsonObject[] }>>;
  readonly ipMaps: Readonly<
    Record<'roleV4' | 'roleV6' | 'zoneV4' | 'zoneV6', Readonly<Record<string, readonly string[]>>>
  >;
}

function fail(reason: string): never {
  throw new Error(reason);
}

function need(rule: JsonObject, key: string): Json {
  return key in rule ? (rule[key] as Json) : fail(`badkey ${key}`);
}

function upper(text: string): string {
  if (Buffer.from(text).includes(0xb5)) fail('badarg');
  return text.toUpperCase();
}

/** As Erlang prints a term into text: words for atoms, lists run together. */
function printed(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return (value as Json[]).map((item) => (typeof item === 'string' ? item : fail('badarg'))).join('');
  return fail('badarg');
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
function hasBlank(text: string): boolean {
  return [...segments.segment(text)].some(({ segment }) => segment === ' ');
}

function setOrPlain(input: OldInput, rule: JsonObject, chain: 'INPUT' | 'OUTPUT', symmetric: boolean): string {
  const serviceId = need(rule, 'service');
  if (serviceId === ' ') return '';
  const service = input.services[serviceId as string] ?? fail(`badkey ${JSON.stringify(serviceId)}`);
  return service.services.map((entry) => entryText(input, rule, chain, symmetric, service.name, entry)).join('');
}

function action(rule: JsonObject, version: 'v4' | 'v6', type: string): string {
  const word = need(rule, 'action');
  if (typeof word !== 'string') return fail('badarg');
  if (type === 'CONNLIMIT') return 'REJECT --reject-with tcp-reset';
  if (word.toUpperCase() === 'REJECT')
    return `REJECT --reject-with ${version === 'v4' ? 'icmp' : 'icmp6'}-port-unreachable`;
  return ['ACCEPT', 'DROP'].includes(word.toUpperCase()) ? word.toUpperCase() : 'error';
}

function entryText(
  input: OldInput,
  rule: JsonObject,
  chain: 'INPUT' | 'OUTPUT',
  symmetric: boolean,
  serviceName: string,
  entry: JsonObject,
): string {
  const { version, type: variant } = input;
  const groupType = need(rule, 'group_type') as string;
  const group = need(rule, 'group') as string;
  const environment = rule['environment'];
  const local =
    environment === undefined ||
    environment === '' ||
    environment === 'local' ||
    (Array.isArray(environment) && environment.length === 0);
  if (!local && (typeof environment !== 'string' || (groupType !== 'ANY' && typeof group !== 'string'))) fail('badarg');
  const key = local ? group : `${environment as string}#${group}`;
  const nameOf = (): string => {
    if (groupType === 'ANY') return 'ANY';
    if (!['ROLE', 'GROUP', 'ZONE'].includes(groupType)) return fail('case_clause');
    if (!local) return key;
    const name = (groupType === 'ZONE' ? input.zones : input.groups)[group] ?? fail(`badkey ${group}`);
    return groupType !== 'ZONE' && name === 'self' ? input.selfGroup : name;
  };
  const display = nameOf();
  const setName = upper(display) === 'ANY' ? 'ANY' : `${display}_${groupType === 'ZONE' ? 'z' : 'g'}${version}`;
  const everything = upper(serviceName) === 'ANY';
  const given = entry['protocol'] as string;
  const protocol = version === 'v6' && given === 'icmp' ? 'ipv6-icmp' : given;
  const proto = protocol === 'any' ? '' : ` -p ${protocol}`;
  const portTexts = entry['ports'] as string[];
  const ports = portTexts.join(',');
  const portsX = chain === 'OUTPUT' && protocol === 'icmp' && portTexts.length === 1 && ports === '8' ? '0' : ports;
  const multi = /[,:]/.test(ports);
  const end = symmetric ? 'sport' : 'dport';
  const pp =
    protocol === 'icmp'
      ? ' -m icmp --icmp-type'
      : protocol === 'ipv6-icmp'
        ? ' -m icmp6 --icmpv6-type'
        : ['tcp', 'udp', 'udplite', 'esp', 'ah', 'sctp'].includes(protocol)
          ? multi
            ? ` -m multiport --${end}s`
            : ` -m ${protocol} --${end}`
          : '';
  const list = need(rule, 'states');
  if (!Array.isArray(list) || !list.every((state) => typeof state === 'string')) fail('case_clause');
  const stateList = list;
  const states = symmetric
    ? ' -m state --state RELATED,ESTABLISHED'
    : stateList.length === 0
      ? ''
      : ` -m state --state ${stateList.join(',')}`;
  if (typeof need(rule, 'log') !== 'boolean') fail('case_clause');
  need(rule, 'log_prefix');
  const type = upper(need(rule, 'type') as string);
  if (!['BASIC', 'CONNLIMIT', 'RECENT'].includes(type)) fail('throw');
  const device = need(rule, 'interface');
  const iface = device === '' || device === 'ANY' ? '' : ` ${chain === 'INPUT' ? '-i' : '-o'} ${printed(device)}`;
  const act = ` -j ${action(rule, version, type)}`;
  const remark = need(rule, 'comment');
  if (typeof remark !== 'string' && !Array.isArray(remark)) fail('badmatch');
  const text = printed(remark);
  const comment =
    text === '' ? '' : hasBlank(text) ? ` -m comment --comment "${text}"` : ` -m comment --comment ${text}`;
  if (typeof need(rule, 'active') !== 'boolean') fail('case_clause');
  if (rule['active'] === false) return '';
  const start = `-A ${chain}`;
  if (variant === 'iptables') {
    const rest = everything ? `${iface}${groupType === 'ANY' ? '' : proto}` : `${iface}${proto}${pp} ${portsX}`;
    const tail = `${rest}${states}${comment}${act}\n`;
    if (groupType === 'ANY') return start + tail;
    const maps = input.ipMaps;
    const map =
      groupType === 'ZONE'
        ? version === 'v4'
          ? maps.zoneV4
          : maps.zoneV6
        : version === 'v4'
          ? maps.roleV4
          : maps.roleV6;
    const addresses = map[key] ?? [];
    const ordered = chain === 'INPUT' ? addresses : [...addresses].reverse();
    return ordered.map((address) => `${start} ${chain === 'INPUT' ? '-s' : '-d'} ${address}${tail}`).join('');
  }
  const side = chain === 'INPUT' || symmetric ? 'src' : 'dst';
  const set = setName === 'ANY' ? '' : ` -m set --match-set ${setName} ${side}`;
  const what = (p: string): string => (everything ? `${iface}${set}` : `${iface}${proto}${set}${pp} ${p}`);
  if (type === 'BASIC') return `${start}${what(portsX)}${states}${comment}${act}\n`;
  const whole = (field: string): number =>
    Number.isInteger(rule[field]) ? (rule[field] as number) : fail(`badarg ${field}`);
  if (type === 'CONNLIMIT') {
    const limit = ` -m connlimit --connlimit-above ${whole('conn_limit_above')} --connlimit-mask ${whole('conn_limit_mask')} --connlimit-saddr`;
    return `${start}${what(ports)}${states}${limit}${comment}${act}\n`;
  }
  const name = 'recent_name' in rule ? printed(rule['recent_name']) : 'DEFAULT';
  const wholeMask = version === 'v4' ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  const given2 = rule['recent_mask'];
  const mask = given2 === undefined || (Array.isArray(given2) && given2.length === 0) ? wholeMask : printed(given2);
  const update = ` -m recent --update --seconds ${whole('seconds')} --hitcount ${whole('hit_count')} --name ${name} --mask ${mask}`;
  return (
    `${start}${what(ports)}${states}${update}${comment}${act}\n\n` +
    `${start}${what(ports)}${states} -m recent --set --name ${name}${comment}\n`
  );
}

const V6_TYPES = '1 2 3 4 133 134 135 136 137 141 142 130* 131* 132* 143* 148 149 151* 152* 153*'.split(' ');

/** The whole text, for a profile without docker. */
export function oldServerRuleset(input: OldInput): string {
  const v4 = input.version === 'v4';
  const inbound = input.rules.inbound.map((rule) => setOrPlain(input, rule, 'INPUT', false)).join('');
  const answered = input.rules.inbound.filter(
    (rule) => need(rule, 'type') === 'BASIC' && need(rule, 'action') !== 'DROP',
  );
  const symmetric = answered.map((rule) => setOrPlain(input, rule, 'OUTPUT', true)).join('');
  const outbound = input.rules.outbound.map((rule) => setOrPlain(input, rule, 'OUTPUT', false)).join('');
  if (v4) {
    return `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -m comment --comment "local any" -j ACCEPT
${inbound}-A FORWARD -j REJECT --reject-with icmp-port-unreachable
-A OUTPUT -o lo -m state --state RELATED,ESTABLISHED -m comment --comment "local any" -j ACCEPT
${symmetric}${outbound}COMMIT
`;
  }
  const icmp = V6_TYPES.map((type) => {
    const source = type.endsWith('*') ? '-s fe80::/10 ' : '';
    return `-A INPUT ${source}-p ipv6-icmp -m icmp6 --icmpv6-type ${type.replace('*', '')} -j ACCEPT\n`;
  }).join('');
  return `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT DROP [0:0]
:ICMPFLOOD - [0:0]
:SSHBRUTE - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -s ::1/128 ! -i lo -j DROP
${icmp}${inbound}-A FORWARD -j REJECT --reject-with icmp6-port-unreachable
-A OUTPUT -p udp -m udp --dport 53 -j ACCEPT
-A OUTPUT -p tcp -m tcp --dport 53 -j ACCEPT
${symmetric}${outbound}COMMIT
`;
}
