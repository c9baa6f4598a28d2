import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface HttpMakers {
  readonly api: Make;
  readonly metrics: Make;
  readonly admin: Make;
}

/**
 * The API on 7070, the metrics on 8085 and the admin socket, each on its own: one that falls takes no other down. Five
 * crashes in a minute: a listener that cannot have its port tries for seconds before it counts as one.
 */
export function httpSup(make: HttpMakers): ChildSpec {
  return supervisorSpec('http_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () => [
    workerSpec('api', make.api),
    workerSpec('metrics', make.metrics),
    workerSpec('admin', make.admin),
  ]);
}
