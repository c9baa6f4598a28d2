import { serverName } from '../../otp/index.js';

/** `returned`: a retired host reports again. */
export interface CensusCast {
  readonly tag: 'returned';
}

export const CENSUS = serverName<never, never, CensusCast>('census');
