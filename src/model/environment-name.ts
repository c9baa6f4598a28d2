import type { Json } from './document.js';

const NAME = /^[A-Za-z0-9_.-]{1,2}$/;

/** Whether a name can be that of an environment: it is a routing key, a part of a queue's name and of names of sets. */
export function isEnvironmentName(name: Json | undefined): name is string {
  return typeof name === 'string' && NAME.test(name);
}
