import type { Message } from '../message.js';
import { ExitSignal } from '../process.js';
import type { Process } from '../process.js';

/** Tag of the message with which a behaviour is asked to stop. */
export const STOP_TAG = '$stop';

/**
 * An order to end, which a suspended process obeys before it is resumed, as in OTP (`suspend_loop` of sys.erl): its
 * parent's exit signal, or a request to stop.
 */
export function isOrderToEnd(process: Process, message: Message): boolean {
  return message.tag === STOP_TAG || (message instanceof ExitSignal && message.from === process.parent);
}
