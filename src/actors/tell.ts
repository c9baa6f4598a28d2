import type { Message, Self } from '../otp/index.js';

/** Sends this process a message of its own; false when it no longer takes any. */
export const tell = <Info extends Message>(self: Self, message: Info): boolean =>
  !self.signal.aborted && self.send(self.pid, message);
