import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAwsCloud } from '../../src/ec2/aws/aws-cloud.js';
import type { Ec2Change, Ec2Cloud } from '../../src/ec2/ec2-cloud.js';
import type { Ec2Permission } from '../../src/ec2/ec2-rule.js';
import { ec2StandIn, type Ec2StandIn } from '../support/ec2-stand-in.js';

const never = new AbortController().signal;
const SSH: Ec2Permission = { protocol: 'tcp', fromPort: 22, toPort: 22, groupIds: ['sg-2'], cidrs: ['10.0.0.0/8'] };

async function stage(maxAttempts = 3): Promise<{ readonly ec2: Ec2StandIn; readonly cloud: Ec2Cloud }> {
  const ec2 = await ec2StandIn({
    'us-east-1': [
      {
        id: 'sg-1',
        ingress: [{ protocol: '-1', group: 'sg-1' }],
        egress: [{ protocol: 'udp', from: 53, to: 53, cidr: '0.0.0.0/0' }],
      },
      { id: 'sg-old', vpc: '', ingress: [], egress: [] },
    ],
  });
  const cloud = await openAwsCloud({
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-the-test' },
    endpoint: ec2.endpoint,
    timeoutMs: 5000,
    maxAttempts,
  });
  onTestFinished(() => cloud.close());
  return { ec2, cloud };
}

function change(permissions: readonly Ec2Permission[], direction: Ec2Change['direction'] = 'inbound'): Ec2Change {
  return { region: 'us-east-1', sgid: 'sg-1', direction, permissions };
}

describe('EC2 by the SDK, against a stand-in', () => {
  it('describes the security groups that there are, with peers and with ports only where the protocol has some', async () => {
    const { cloud } = await stage();
    const found = await cloud.describe('us-east-1', ['sg-1', 'sg-old', 'sg-none'], never);
    expect([...found.keys()].sort()).toEqual(['sg-1', 'sg-old']);
    expect(found.get('sg-1')).toEqual({
      sgid: 'sg-1',
      outsideVpc: false,
      inbound: [{ protocol: '-1', fromPort: 0, toPort: 0, groupIds: ['sg-1'], cidrs: [] }],
      outbound: [{ protocol: 'udp', fromPort: 53, toPort: 53, groupIds: [], cidrs: ['0.0.0.0/0'] }],
    });
    expect(found.get('sg-old')?.outsideVpc).toBe(true);
  });

  it('authorises and revokes in both directions', async () => {
    const { ec2, cloud } = await stage();
    await cloud.authorize(change([SSH]), never);
    await cloud.authorize(change([SSH], 'outbound'), never);
    await cloud.revoke(change([{ ...SSH, cidrs: [] }]), never);
    const { ingress, egress } = ec2.group('us-east-1', 'sg-1');
    const ssh = { protocol: 'tcp', from: 22, to: 22 };
    expect(ingress).toEqual([
      { protocol: '-1', group: 'sg-1' },
      { ...ssh, cidr: '10.0.0.0/8' },
    ]);
    expect(egress.slice(1)).toEqual([
      { ...ssh, cidr: '10.0.0.0/8' },
      { ...ssh, group: 'sg-2' },
    ]);
  });

  it('takes what is done already as done, and does the rest of the same request all the same', async () => {
    const { ec2, cloud } = await stage();
    const group = ec2.group('us-east-1', 'sg-1');
    await cloud.authorize(change([{ ...SSH, groupIds: [] }]), never);
    await cloud.authorize(change([SSH]), never);
    expect(group.ingress).toHaveLength(3);
    await cloud.revoke(change([{ ...SSH, groupIds: [] }]), never);
    await cloud.revoke(change([SSH]), never);
    expect(group.ingress).toEqual([{ protocol: '-1', group: 'sg-1' }]);
  });

  it('tries again where EC2 throttles, and gives up after as many tries as it may', async () => {
    const { ec2, cloud } = await stage();
    let throttled = 0;
    ec2.fault = () => ((throttled += 1) <= 2 ? { status: 503, code: 'RequestLimitExceeded' } : undefined);
    await cloud.authorize(change([SSH]), never);
    expect(ec2.calls).toHaveLength(3);
    ec2.fault = () => ({ status: 503, code: 'RequestLimitExceeded' });
    await expect(cloud.describe('us-east-1', ['sg-1'], never)).rejects.toMatchObject({ code: 'throttled' });
  });

  it('says what failed, without a secret', async () => {
    const { ec2, cloud } = await stage(1);
    ec2.fault = () => ({ status: 401, code: 'AuthFailure' });
    const failure = await cloud.describe('us-east-1', ['sg-1'], never).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'credentials',
      message: 'describe security groups in us-east-1: made up by the test (AuthFailure)',
    });
    expect(inspect(failure, { depth: 10 })).not.toMatch(/secret-of-the-test|AWS4-HMAC/);
    ec2.fault = () => ({ status: 400, code: 'RulesPerSecurityGroupLimitExceeded' });
    await expect(cloud.authorize(change([SSH]), never)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('authorize inbound rules of sg-1 in us-east-1') as string,
    });
    ec2.fault = () => undefined;
    const away = await openAwsCloud({
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      endpoint: 'http://127.0.0.1:1',
      timeoutMs: 1000,
      maxAttempts: 1,
    });
    await expect(away.describe('us-east-1', ['sg-1'], never)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
