import type { Publication } from '../../broker/broker.js';

/** The id of the alarm about messages of this target that the broker refuses. */
export const refusedAlarm = (target: string): string => `broker.refused:${target}`;

/** Its text. */
export const refusedText = ({ exchange, routingKey }: Publication, reason: string): string =>
  `RabbitMQ did not take for everybody what goes to exchange ${exchange} with the key ${JSON.stringify(routingKey)}: ${reason}. ` +
  'It is not sent again until it changes; hosts that lack it are found by their hashes and repaired. Look for a queue bound there ' +
  'that refuses messages (x-overflow reject-publish, a policy, a full queue), or at max_message_size.';
