import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Ec2Change, Ec2Cloud } from '../ec2-cloud.js';
import type { Ec2Permission, PresentGroup } from '../ec2-rule.js';
import { awsName, explainAws } from './explain-aws.js';
import { inParts, presentGroup, toAws } from './permissions.js';

/** How EC2 is reached. */
export interface AwsOptions {
  /** Absent: the SDK's own search (environment, files, the role of the machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Base URL instead of the region's own. */
  readonly endpoint?: string;
  /** For one connection, and for one answer. */
  readonly timeoutMs: number;
  /** Tries per request, the first one included; between them the SDK waits longer and longer, by chance. */
  readonly maxAttempts: number;
}

/** EC2 takes as many values in one filter. */
const IDS_AT_ONCE = 200;
const PAGES_AT_MOST = 1000;
const RULES_AT_ONCE = 200;

/** Nothing to do, since it is done already. */
const DONE = {
  authorize: new Set(['InvalidPermission.Duplicate']),
  revoke: new Set(['InvalidPermission.NotFound']),
};

/**
 * EC2 by its SDK, which is loaded here: it takes some 90 MB of memory and half a second. The clients, one per region, are
 * made when they are first needed.
 */
export async function openAwsCloud(options: AwsOptions): Promise<Ec2Cloud> {
  const sdk = await import('@aws-sdk/client-ec2');
  const clients = new Map<string, EC2Client>();
  const clientOf = (region: string): EC2Client => {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const client = new sdk.EC2Client({
      region,
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      maxAttempts: options.maxAttempts,
      retryMode: 'standard',
      requestHandler: { connectionTimeout: options.timeoutMs, requestTimeout: options.timeoutMs },
    });
    clients.set(region, client);
    return client;
  };

  const send = async (
    verb: 'authorize' | 'revoke',
    { region, sgid, direction }: Ec2Change,
    permissions: readonly Ec2Permission[],
    abortSignal: AbortSignal,
  ): Promise<void> => {
    const input = { GroupId: sgid, IpPermissions: permissions.map(toAws) };
    const client = clientOf(region);
    const how = { abortSignal };
    if (verb === 'authorize')
      await (direction === 'inbound'
        ? client.send(new sdk.AuthorizeSecurityGroupIngressCommand(input), how)
        : client.send(new sdk.AuthorizeSecurityGroupEgressCommand(input), how));
    else
      await (direction === 'inbound'
        ? client.send(new sdk.RevokeSecurityGroupIngressCommand(input), how)
        : client.send(new sdk.RevokeSecurityGroupEgressCommand(input), how));
  };

  /** EC2 does all of a request or none of it: where one rule is done already, the others are asked for one by one. */
  const change = async (verb: 'authorize' | 'revoke', asked: Ec2Change, signal: AbortSignal): Promise<void> => {
    const what = `${verb} ${asked.direction} rules of ${asked.sgid}`;
    for (const part of inParts(asked.permissions, RULES_AT_ONCE)) {
      try {
        await send(verb, asked, part, signal);
      } catch (error) {
        if (!DONE[verb].has(awsName(error))) throw explainAws(error, asked.region, what);
        for (const one of inParts(part, 1)) {
          try {
            await send(verb, asked, one, signal);
          } catch (again) {
            if (!DONE[verb].has(awsName(again))) throw explainAws(again, asked.region, what);
          }
        }
      }
    }
  };

  return {
    async describe(region, sgids, signal) {
      const found = new Map<string, PresentGroup>();
      try {
        for (let at = 0; at < sgids.length; at += IDS_AT_ONCE) {
          const Filters = [{ Name: 'group-id', Values: sgids.slice(at, at + IDS_AT_ONCE) }];
          let NextToken: string | undefined;
          for (let page = 0; page < PAGES_AT_MOST; page += 1) {
            const answer = await clientOf(region).send(
              new sdk.DescribeSecurityGroupsCommand({ Filters, ...(NextToken === undefined ? {} : { NextToken }) }),
              { abortSignal: signal },
            );
            for (const group of answer.SecurityGroups ?? [])
              if (group.GroupId !== undefined)
                found.set(group.GroupId, presentGroup({ ...group, GroupId: group.GroupId }));
            NextToken = answer.NextToken === '' ? undefined : answer.NextToken;
            if (NextToken === undefined) break;
          }
        }
      } catch (error) {
        throw explainAws(error, region, 'describe security groups');
      }
      return found;
    },
    authorize: (asked, signal) => change('authorize', asked, signal),
    revoke: (asked, signal) => change('revoke', asked, signal),
    close() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}
