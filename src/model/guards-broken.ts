/**
 * Why rules are not sent by themselves (docs/rollout.md#static-proof). `broken`: they break what assertions or guards promise;
 * `unknown`: the store can't be asked now. `why` says it in words.
 */
export interface GuardsBroken {
  readonly is: 'broken' | 'unknown';
  readonly why: string;
}
