import type { BrokerConnection } from '../../broker/broker.js';

/** What subscribers of the broker link are sent. */
export type ConnectionInfo =
  { readonly tag: 'broker_up'; readonly connection: BrokerConnection } | { readonly tag: 'broker_down' };
