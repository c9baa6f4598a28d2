import type { BrokerConnection } from '../broker/broker.js';
import type { Self } from '../otp/index.js';
import type { CONNECTION } from './connection-messages.js';

/**
 * Subscribes this process to the broker connection and gives the one there is now, if any. The connection's actor is
 * started before all who need it, and when it is restarted they are too (rest_for_one), so asking once is enough.
 */
export const subscribe = async (self: Self, to: typeof CONNECTION): Promise<BrokerConnection | undefined> =>
  (await self.call(to, { type: 'subscribe', pid: self.pid })).connection;
