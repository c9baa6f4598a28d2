import type { Config } from '../../config/schema.js';

export interface ReadBackSwitch {
  readonly api: Pick<Config['api'], 'commands'>;
  readonly drift: Pick<Config['drift'], 'read_back'>;
}

/** Whether hosts that can't show their rules are asked for them: that takes a remote command. */
export function readsBack({ api, drift }: ReadBackSwitch): boolean {
  return api.commands && drift.read_back;
}
