import type { Outcome, Ticket } from '../../broker/outbox-contract.js';
import type { Message, Self } from '../../otp/index.js';

/** Sends this process how a message that it put into the outbox ended. */
export function pipeOutcome<Info extends Message>(
  self: Self<Info>,
  { outcome }: Ticket,
  settled: (outcome: Outcome) => Info,
): void {
  self.pipeToSelf(outcome, settled, (error) => {
    // Outcomes never reject: this one is a fault.
    throw error;
  });
}
