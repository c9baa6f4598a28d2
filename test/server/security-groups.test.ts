import { describe, expect, it } from 'vitest';
import { ec2StandIn } from '../support/ec2-stand-in.js';
import { RULE } from '../support/api-client.js';
import { startWholeServer, until } from '../support/whole-server.js';

const REGION = 'us-east-1';

describe('a server that keeps EC2 security groups', () => {
  it('makes them what rules say, with a zone as its addresses; the plan shows what is changed by hand and touches nothing', async () => {
    const ec2 = await ec2StandIn({
      [REGION]: [
        {
          id: 'sg-web',
          ingress: [{ protocol: 'tcp', from: 23, to: 23, cidr: '0.0.0.0/0' }],
          egress: [{ protocol: '-1', cidr: '0.0.0.0/0' }],
        },
      ],
    });
    const w = await startWholeServer({
      set: [
        'ec2.mode=apply',
        `ec2.endpoint=${ec2.endpoint}`,
        'ec2.access_key_id=AKIDEXAMPLE',
        'ec2.secret_access_key=secret-of-the-test',
        'ec2.quiet_seconds=0.1',
        'ruleset_dialect=dog2',
      ],
    });
    const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
    const { profile } = await w.profile('web', [{ ...RULE, group_type: 'ZONE', group: zone, service: 'any' }]);
    const ids = [{ region: REGION, sgid: 'sg-web' }];
    await w.create('group', { name: 'web', profile_id: profile, ec2_security_group_ids: ids });
    const wanted = [
      { protocol: '-1', from: 0, to: 0, group: 'sg-web' },
      { protocol: '-1', from: 0, to: 0, cidr: '192.0.2.0/24' },
    ];
    const group = ec2.group(REGION, 'sg-web');
    await until(() => group.ingress.length === 2 && group.egress.length === 0, 'the security group is as wanted');
    expect(group.ingress).toEqual(expect.arrayContaining(wanted));
    const verbs = ec2.calls.map(({ action }) => action).filter((action) => !action.startsWith('Describe'));
    expect(verbs).toEqual(['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress']);
    // Else the next look would take away what is about to be added by hand.
    await w.api('POST', '/api/V2/publishing', { paused: true });
    group.ingress.push({ protocol: 'udp', from: 1, to: 9, cidr: '198.51.100.0/24' });
    const before = ec2.calls.length;
    const { status, json } = await w.api('GET', '/api/V2/ec2/plan');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      mode: 'apply',
      regions: [
        {
          region: REGION,
          groups: [
            {
              sgid: 'sg-web',
              groups: ['web'],
              inbound: {
                add: [],
                remove: [{ protocol: 'udp', fromPort: 1, toPort: 9, cidrs: ['198.51.100.0/24'], groupIds: [] }],
              },
              outbound: { add: [], remove: [] },
            },
          ],
        },
      ],
    });
    expect(new Set(ec2.calls.slice(before).map(({ action }) => action))).toEqual(new Set(['DescribeSecurityGroups']));
    expect(group.ingress).toHaveLength(3);
  });
});
