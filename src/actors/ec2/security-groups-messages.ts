import type { JsonObject } from '../../model/document.js';
import { serverName } from '../../otp/index.js';

/** What would be done to every security group now; nothing is touched. Answered with an `Ec2Report`. */
export interface SecurityGroupsCall {
  readonly tag: 'plan';
}

/** Policy that security groups rest on may have changed. */
export interface SecurityGroupsCast {
  readonly tag: 'changed';
}

/** As `GET /api/V2/ec2/plan` answers it (docs/http-api.md#ec2). */
export type Ec2Report = JsonObject & { readonly mode: 'off' | 'plan' | 'apply' };

export const SECURITY_GROUPS = serverName<SecurityGroupsCall, Ec2Report, SecurityGroupsCast>('security_groups');
