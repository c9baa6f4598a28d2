import type { BrokerConnection } from '../broker/broker.js';
import { serverName, type Pid } from '../otp/index.js';

/** Asks for the connection there is now. Subscribers get `broker_up` and `broker_down` infos from then on. */
export type ConnectionCall = { readonly type: 'subscribe'; readonly pid: Pid };
export type ConnectionReply = { readonly connection: BrokerConnection | undefined };

/** What subscribers are sent. */
export type ConnectionInfo =
  { readonly tag: 'broker_up'; readonly connection: BrokerConnection } | { readonly tag: 'broker_down' };

export const CONNECTION = serverName<ConnectionCall, ConnectionReply, never>('broker_connection');
