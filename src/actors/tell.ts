import type { Message, Self } from '../otp/index.js';

/** Sends this process a message of its own; false when it no longer takes any. */
export function tell<Info extends Message>(self: Self, message: Info): boolean {
  return !self.signal.aborted && self.send(self.pid, message);
}
