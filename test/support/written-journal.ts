import type { Journal } from '../../src/journal/journal.js';
import { openJournal, type JournalOptions } from '../../src/journal/open-journal.js';

/** A journal that is written as soon as there is something to write, as the actor `journal` does it. */
export async function openWrittenJournal(options: JournalOptions): Promise<Journal> {
  const journal = await openJournal(options);
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    // What is asked for in this turn goes together.
    await Promise.resolve();
    while (journal.state().waiting > 0) {
      await journal.write();
      if (journal.compactionDue) await journal.compact().catch(() => undefined);
    }
    running = false;
  };
  journal.onWork(() => {
    if (!running) void run();
  });
  return journal;
}
