import type { BrokerConnection, BrokerError, Consumer, Delivery } from '../../broker/broker.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';

/** The link's row, or what it is to do by it, may be another now. */
export type LinkCast = { readonly tag: 'sync' };

/** Takes over the message that is held. */
export type LinkCall = { readonly tag: 'accept'; readonly author: string };

/** What became of it: counts of what was taken over, or that nothing was held. */
export type LinkReply =
  | { readonly accepted: true; readonly names: number; readonly addresses: number; readonly lost: number }
  | { readonly accepted: false };

/** Of the half that receives. `round` tells those of the listening that was given up. */
export type InboundInfo =
  | { readonly tag: 'consuming'; readonly round: number; readonly consumer: Consumer }
  | { readonly tag: 'not_consuming'; readonly round: number; readonly error: unknown }
  | { readonly tag: 'consume'; readonly round: number }
  | { readonly tag: 'take' };

/** Of the half that sends. */
export type OutboundInfo =
  | { readonly tag: 'far_connect'; readonly round: number }
  | { readonly tag: 'far_up'; readonly round: number; readonly connection: BrokerConnection }
  | { readonly tag: 'far_failed'; readonly round: number; readonly error: unknown }
  | { readonly tag: 'far_lost'; readonly round: number; readonly error: BrokerError | undefined }
  /** `sent`: whether there was anything to send. */
  | { readonly tag: 'far_sent'; readonly round: number; readonly sent: boolean; readonly error: unknown };

export type LinkInfo = ConnectionInfo | InboundInfo | OutboundInfo | { readonly tag: 'tick' };

/** A message that waits for its turn. */
export type Waiting = Pick<Delivery, 'routingKey' | 'body' | 'ack'>;
