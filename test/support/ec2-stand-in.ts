import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One rule with one peer, as it stands in a security group. */
export interface StandInRule {
  readonly protocol: string;
  readonly from?: number;
  readonly to?: number;
  readonly cidr?: string;
  readonly group?: string;
}

export interface StandInGroup {
  readonly id: string;
  /** Default `vpc-1`; empty: outside of one. */
  readonly vpc?: string;
  ingress: StandInRule[];
  egress: StandInRule[];
}

/** A request that was made. */
export interface StandInCall {
  readonly region: string;
  readonly action: string;
  readonly group: string | undefined;
  readonly rules: readonly StandInRule[];
}

/** What to answer a request with instead of doing it. */
export interface StandInFault {
  readonly status: number;
  readonly code: string;
}

/** An EC2 query API on loopback, with the actions that keeping security groups needs (EC2 API reference, 2016-11-15). */
export interface Ec2StandIn {
  readonly endpoint: string;
  /** By region. */
  readonly groups: Map<string, StandInGroup[]>;
  readonly calls: StandInCall[];
  /** Asked before each request; undefined: do it. */
  fault: (call: StandInCall) => StandInFault | undefined;
  group(region: string, id: string): StandInGroup;
}

/** Starts one; it stops when the test ends. */
export async function ec2StandIn(groups: Readonly<Record<string, readonly StandInGroup[]>>): Promise<Ec2StandIn> {
  const server = createServer((request, response) => void answer(standIn, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const standIn: Ec2StandIn = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    groups: new Map(Object.entries(groups).map(([region, list]) => [region, [...list]])),
    calls: [],
    fault: () => undefined,
    group(region, id) {
      const found = standIn.groups.get(region)?.find((group) => group.id === id);
      if (found === undefined) throw new Error(`no ${id} in ${region}`);
      return found;
    },
  };
  return standIn;
}

async function answer(standIn: Ec2StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const form = new URLSearchParams(body);
  // The region is in the scope of the signature.
  const region = /Credential=[^/]+\/\d+\/([^/]+)\/ec2\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const action = form.get('Action') ?? '';
  const call: StandInCall = { region, action, group: form.get('GroupId') ?? undefined, rules: rulesIn(form) };
  standIn.calls.push(call);
  const { status, xml } = handle(standIn, call, form);
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}

function handle(standIn: Ec2StandIn, call: StandInCall, form: URLSearchParams): { status: number; xml: string } {
  const fault = standIn.fault(call);
  if (fault !== undefined) return failed(fault);
  const groups = standIn.groups.get(call.region) ?? [];
  if (call.action === 'DescribeSecurityGroups') {
    const wanted = new Set(valuesOf(form, 'Filter.1.Value'));
    const found = groups.filter(({ id }) => wanted.has(id)).map(groupXml);
    return { status: 200, xml: envelope(call.action, `<securityGroupInfo>${found.join('')}</securityGroupInfo>`) };
  }
  const group = groups.find(({ id }) => id === call.group);
  if (group === undefined) return failed({ status: 400, code: 'InvalidGroup.NotFound' });
  const list = call.action.endsWith('Ingress') ? 'ingress' : 'egress';
  const has = (rule: StandInRule): boolean => group[list].some((each) => sameRule(each, rule));
  if (call.action.startsWith('Authorize')) {
    if (call.rules.some(has)) return failed({ status: 400, code: 'InvalidPermission.Duplicate' });
    group[list].push(...call.rules);
  } else {
    if (!call.rules.every(has)) return failed({ status: 400, code: 'InvalidPermission.NotFound' });
    group[list] = group[list].filter((each) => !call.rules.some((rule) => sameRule(each, rule)));
  }
  return { status: 200, xml: envelope(call.action, '<return>true</return>') };
}

function failed({ status, code }: StandInFault): { status: number; xml: string } {
  const error = `<Error><Code>${code}</Code><Message>made up by the test</Message></Error>`;
  return { status, xml: `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>` };
}

function envelope(action: string, content: string): string {
  const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  return `<${action}Response xmlns="${namespace}"><requestId>r</requestId>${content}</${action}Response>`;
}

function valuesOf(form: URLSearchParams, prefix: string): string[] {
  return [...form].flatMap(([key, value]) => (key.startsWith(`${prefix}.`) ? [value] : []));
}

function rulesIn(form: URLSearchParams): StandInRule[] {
  const rules: StandInRule[] = [];
  for (let n = 1; form.has(`IpPermissions.${n}.IpProtocol`); n += 1) {
    const at = `IpPermissions.${n}`;
    const packets = {
      protocol: form.get(`${at}.IpProtocol`) ?? '',
      from: Number(form.get(`${at}.FromPort`)),
      to: Number(form.get(`${at}.ToPort`)),
    };
    for (let k = 1; form.has(`${at}.IpRanges.${k}.CidrIp`); k += 1)
      rules.push({ ...packets, cidr: form.get(`${at}.IpRanges.${k}.CidrIp`) ?? '' });
    for (let k = 1; form.has(`${at}.Groups.${k}.GroupId`); k += 1)
      rules.push({ ...packets, group: form.get(`${at}.Groups.${k}.GroupId`) ?? '' });
  }
  return rules;
}

/** EC2 ignores the ports of protocols that have none. */
function sameRule(a: StandInRule, b: StandInRule): boolean {
  const text = ({ protocol, from = 0, to = 0, cidr, group }: StandInRule): string =>
    [protocol, ...(protocol === '-1' ? [] : [from, to]), cidr ?? group].join(' ');
  return text(a) === text(b);
}

function groupXml({ id, vpc = 'vpc-1', ingress, egress }: StandInGroup): string {
  const parts = [
    `<groupId>${id}</groupId><groupName>${id}</groupName>`,
    vpc === '' ? '' : `<vpcId>${vpc}</vpcId>`,
    `<ipPermissions>${ingress.map(ruleXml).join('')}</ipPermissions>`,
    `<ipPermissionsEgress>${egress.map(ruleXml).join('')}</ipPermissionsEgress>`,
  ];
  return `<item>${parts.join('')}</item>`;
}

function ruleXml({ protocol, from, to, cidr, group }: StandInRule): string {
  const ports = protocol === '-1' ? '' : `<fromPort>${from}</fromPort><toPort>${to}</toPort>`;
  const ranges = cidr === undefined ? '' : `<item><cidrIp>${cidr}</cidrIp></item>`;
  const groups = group === undefined ? '' : `<item><groupId>${group}</groupId><userId>1</userId></item>`;
  return `<item><ipProtocol>${protocol}</ipProtocol>${ports}<groups>${groups}</groups><ipRanges>${ranges}</ipRanges></item>`;
}
