import { describe, expect, it } from 'vitest';
import type { Ec2Permission, PresentGroup } from '../../src/ec2/ec2-rule.js';
import { planDirection } from '../../src/ec2/plan.js';
import { wantedRules, type WantedSource } from '../../src/ec2/wanted-rules.js';
import { POLICY_PARTS, type Policy } from '../../src/firewall/policy/policy.js';
import { policyView } from '../../src/firewall/policy/policy-view.js';
import type { Document } from '../../src/model/document.js';
import { goldenCases } from '../support/golden-cases.js';

interface GoldenPermission {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly groups: readonly string[];
  readonly cidrs: readonly string[];
}

interface Input {
  readonly db: Readonly<Record<string, readonly Document[]>>;
  readonly ec2Groups: readonly {
    readonly sgid: string;
    readonly region: string;
    readonly vpc?: string;
    readonly ingress: readonly GoldenPermission[];
    readonly egress: readonly GoldenPermission[];
  }[];
  readonly region: string;
  readonly groupId: string;
  readonly sgid: string;
}

type Failed = { readonly error: string };
type Rules = readonly { readonly source: { readonly cidr_ip: string } | { readonly group_id: string } }[];
type Diff = { readonly add: readonly Ec2Permission[]; readonly remove: readonly Ec2Permission[] };

interface Output {
  readonly inbound: Rules | Failed;
  readonly outbound: Rules | Failed;
  readonly ingressDiff: Diff | Failed;
  readonly egressDiff: Diff | Failed;
}

function policyOf(db: Input['db']): Policy {
  return Object.fromEntries(
    POLICY_PARTS.map((part) => [part, new Map((db[part] ?? []).map((row) => [row.id, row]))]),
  ) as unknown as Policy;
}

function presentOf({ ec2Groups, region }: Input): readonly PresentGroup[] {
  const permissions = (list: readonly GoldenPermission[]) =>
    list.map(({ groups, ...permission }) => ({ ...permission, groupIds: groups }));
  return ec2Groups
    .filter((group) => group.region === region)
    .map(({ sgid, vpc, ingress, egress }) => ({
      sgid,
      outsideVpc: vpc === '',
      inbound: permissions(ingress),
      outbound: permissions(egress),
    }));
}

/** In one order, whatever that is: the lists are sets. */
function sorted(list: readonly Ec2Permission[]): unknown {
  const text = ({ protocol, fromPort, toPort }: Ec2Permission): string => `${protocol} ${fromPort} ${toPort}`;
  return [...list].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

describe('golden cases of EC2 security groups, in dog1', () => {
  for (const { name, about, input, output } of goldenCases<Input, Output>('ec2.json'))
    it(`${name}: ${about}`, () => {
      const policy = policyOf(input.db);
      const present = presentOf(input);
      const source: WantedSource = {
        policy,
        view: policyView(policy, 'dog1'),
        region: input.region,
        outsideVpc: new Set(present.filter((group) => group.outsideVpc).map(({ sgid }) => sgid)),
      };
      const there = present.find(({ sgid }) => sgid === input.sgid);
      for (const [direction, diff] of [
        ['inbound', output.ingressDiff],
        ['outbound', output.egressDiff],
      ] as const) {
        const wanted = wantedRules(source, input.groupId, direction);
        const expected = output[direction];
        if ('error' in expected) expect(wanted.ok).toBe(false);
        else
          expect(
            wanted.ok &&
              wanted.rules.map(({ peer, ...packets }) => ({
                ...packets,
                source: 'cidr' in peer ? { cidr_ip: peer.cidr } : { group_id: peer.groupId },
              })),
          ).toEqual(expected);
        const planned = there === undefined ? undefined : planDirection(source, [input.groupId], there, direction);
        if ('error' in diff) expect(planned === undefined || planned.error !== undefined).toBe(true);
        else {
          expect(sorted(planned?.add ?? [])).toEqual(sorted(diff.add));
          expect(sorted(planned?.remove ?? [])).toEqual(sorted(diff.remove));
        }
      }
    });
});
