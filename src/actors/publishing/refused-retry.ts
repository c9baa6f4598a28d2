import type { Config } from '../../config/schema.js';

/** `broker.refused_retry_seconds`. */
export interface RefusedRetryNeeds {
  readonly config: { readonly broker: Pick<Config['broker'], 'refused_retry_seconds'> };
}

/**
 * How long what the broker found too large waits until it is tried again, in milliseconds. It never goes out by itself:
 * an operator must raise a limit of the broker, who then need do nothing here.
 */
export function refusedRetryMs({ config }: RefusedRetryNeeds): number {
  return config.broker.refused_retry_seconds * 1000;
}
