import type { ChildSpec } from '../otp/index.js';
import { dynamicSup } from './dynamic-sup.js';
import type { MakeByKey } from './make.js';

/** One actor per host, which takes its reports and waits for its deadline. */
export function hostsSup(host: MakeByKey): ChildSpec {
  return dynamicSup('hosts_sup', 'host', host);
}
