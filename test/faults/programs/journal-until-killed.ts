import { writeSync } from 'node:fs';
import { openWrittenJournal as openJournal } from '../../support/written-journal.js';

/**
 * Writes to the journal in argv[2] until it is killed, and prints `accepted <target> <n>` for each record that is safe
 * and `done <target> <n>` before it says that one is done with. argv[3] is the number of the first; argv[4], where
 * given, how many there are: then it ends by itself.
 */
const [dir = '', from = '0', count = 'Infinity'] = process.argv.slice(2);
const journal = await openJournal({ dir });
let n = Number(from);
const last = n + Number(count);

/** The body of a record says which it is, and is of a length of its own. */
function bodyOf(target: string, number: number): Uint8Array {
  return new TextEncoder().encode(`${target} ${number} ${'x'.repeat((number * 37) % 20_000)}`);
}

/** Synchronous: once the line is in the pipe it counts as told, whatever happens to this process. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      // The pipe is full: the reader is slower than the journal.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

async function write(writer: number): Promise<void> {
  while (n < last) {
    const seq = ++n;
    const target = `group/${writer}-${seq % 10}`;
    const publication = {
      exchange: 'iptables',
      routingKey: 'k',
      body: bodyOf(target, seq),
      contentType: 'text/json',
      persistent: true,
    };
    await journal.append({ seq, target, class: 'group', after: ['sets'], at: Date.now(), publication });
    tell(`accepted ${target} ${seq}\n`);
    if (seq % 3 === 0) {
      tell(`done ${target} ${seq}\n`);
      journal.remove(target, seq);
    }
  }
}

tell('ready\n');
await Promise.all(Array.from({ length: 4 }, (_, writer) => write(writer)));
