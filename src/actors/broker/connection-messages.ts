import type { BrokerConnection } from '../../broker/broker.js';
import { serverName } from '../../otp/index.js';

/** What subscribers of the broker link are sent. */
export type ConnectionInfo =
  { readonly tag: 'broker_up'; readonly connection: BrokerConnection } | { readonly tag: 'broker_down' };

export const CONNECTION = serverName<never, never, never>('broker_connection');
