import type { Config } from '../../config/schema.js';

/** Whether hosts that can't show their rules are asked for them: that takes a remote command. */
export function readsBack({ api, drift }: Pick<Config, 'api' | 'drift'>): boolean {
  return api.commands && drift.read_back;
}
