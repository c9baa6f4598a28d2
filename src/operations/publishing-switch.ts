import type { Log } from '../log/log.js';
import type { PublishingGate } from '../actors/publishing/publishing-gate.js';
import { IPSET_PUBLISHER, IPTABLES_PUBLISHER } from '../actors/publishing/publisher-messages.js';
import { cast, type ActorSystem } from '../otp/index.js';
import type { Store } from '../store/store.js';
import type { Operations } from './operations.js';
import { storePublishing } from './publishing-setting.js';

export interface PublishingSwitchNeeds {
  readonly system: ActorSystem;
  readonly store: Pick<Store, 'commit'>;
  readonly log: Log;
  readonly gate: PublishingGate;
}

/** Whether publishing is paused, and the switch for it: who waited goes on when it is turned back. */
export function publishingSwitch({
  system,
  store,
  log,
  gate,
}: PublishingSwitchNeeds): Pick<Operations, 'publishing' | 'setPublishing'> {
  return {
    publishing: () => ({ paused: gate.paused, ...gate.lastChange }),
    async setPublishing(paused, author) {
      await storePublishing(store, gate, paused, { author, since: Math.floor(system.clock.now() / 1000) });
      log.warn({ author }, paused ? 'publishing is paused' : 'publishing goes on');
      if (!paused) {
        cast(system, IPSET_PUBLISHER, { tag: 'resume' });
        cast(system, IPTABLES_PUBLISHER, { tag: 'resume' });
      }
      return { paused: gate.paused, ...gate.lastChange };
    },
  };
}
