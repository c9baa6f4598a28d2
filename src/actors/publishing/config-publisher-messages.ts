import { serverName } from '../../otp/index.js';

/**
 * What the config publisher is told. `changed`: the host's row is new or names another place, its agent must know.
 * `remind`: the agent still reports its old place; told again at most once per interval.
 */
export type ConfigCast =
  { readonly tag: 'changed'; readonly hostkey: string } | { readonly tag: 'remind'; readonly hostkey: string };

export const CONFIG_PUBLISHER = serverName<never, never, ConfigCast>('config_publisher');
