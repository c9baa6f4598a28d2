import { SECURITY_GROUPS } from '../actors/ec2/security-groups-messages.js';
import type { JsonObject } from '../model/document.js';
import { call, CallFailed, type ActorSystem } from '../otp/index.js';
import { StoreError } from '../store/store.js';

/** Longer than all tries of a request to EC2. The time-out of the HTTP request is usually shorter. */
const LONGEST_MS = 120_000;

/** Asks the actor that keeps security groups what it would do. */
export async function ec2Plan(system: ActorSystem): Promise<JsonObject> {
  try {
    return await call(system, SECURITY_GROUPS, { tag: 'plan' }, LONGEST_MS);
  } catch (error) {
    if (error instanceof CallFailed) throw new StoreError('unavailable', `security groups: ${error.message}`);
    throw error;
  }
}
