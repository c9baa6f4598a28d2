import type { GenServer } from '../otp/index.js';

/** Makes one incarnation of an actor. Who makes it hands it what it needs (`src/server/actors`); the tree does not know. */
export type Make = () => GenServer;

/** The same for actors by key, such as one per host. */
export type MakeByKey = (key: string) => GenServer;
