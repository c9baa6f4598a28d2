import { serverName } from '../../otp/index.js';

/**
 * What the iptables publisher is told.
 * - `publish`: this group has texts that its hosts don't have. `force`: send them even if they are the confirmed ones.
 * - `resume`: the guard has opened, publishing was resumed, or sets were confirmed; look at what was held back.
 * - `sets`: where they go by group, these lists of sets (`listKey`) hold something else now.
 * - `loaded`: what this group was given before the server was started is known now.
 * - `forget`: the group is gone.
 */
export type IptablesCast =
  | { readonly tag: 'publish'; readonly groupId: string; readonly force?: true }
  | { readonly tag: 'resume' }
  | { readonly tag: 'sets'; readonly changed: ReadonlySet<string> }
  | { readonly tag: 'loaded'; readonly groupId: string }
  | { readonly tag: 'forget'; readonly groupId: string };

/**
 * What the ipset publisher is told. `dirty`: some set may have other addresses now (`sources`: why). `resume` as above.
 */
export type IpsetCast = { readonly tag: 'dirty'; readonly sources: readonly string[] } | { readonly tag: 'resume' };

/** Asked before rules are sent: hand over sets that are current, if they are not already. */
export type IpsetCall = { readonly tag: 'flush' };
/** Full names of all sets that are handed over, so that rules naming others are held back. */
export type IpsetReply = { readonly published: ReadonlySet<string>; readonly unusable: ReadonlySet<string> };

export const IPTABLES_PUBLISHER = serverName<never, never, IptablesCast>('iptables_publisher');
export const IPSET_PUBLISHER = serverName<IpsetCall, IpsetReply, IpsetCast>('ipset_publisher');
