// Consoles as a program: each listens to what happens, and asks what the page `Now` asks when something did, at most once a second.
import { parentPort, workerData } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';

const { url, consoles } = workerData;
const PATHS = ['/api/V2/now', '/api/V2/convergence'];
/** As src/console/api/use-asked.ts waits. */
const AFTER_EVENT_MS = 150;
const APART_MS = 800;

let answers = 0;
let events = 0;
let stop = new AbortController();
let running = [];

async function oneConsole(signal) {
  const response = await fetch(`${url}/api/V2/events?recent=50`, { headers: { accept: 'text/event-stream' }, signal });
  if (!response.ok) throw new Error(`the stream was answered ${response.status}`);
  let due = true;
  const asking = (async () => {
    while (!signal.aborted) {
      if (!due) {
        await sleep(20);
        continue;
      }
      due = false;
      await sleep(AFTER_EVENT_MS);
      await Promise.all(
        PATHS.map(async (path) => {
          const answer = await fetch(url + path, { signal });
          if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
          await answer.text();
          answers += 1;
        }),
      );
      await sleep(APART_MS);
    }
  })();
  const listening = (async () => {
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      events += piece.split('\nevent: ').length - 1;
      if (piece.includes('\nevent: ')) due = true;
    }
  })();
  await Promise.all([asking, listening]);
}

/** Stopping a console ends its calls, and nothing else may. */
async function untilStopped(signal) {
  try {
    await oneConsole(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

parentPort.on('message', async ({ open, close }) => {
  stop.abort();
  await Promise.all(running);
  running = [];
  stop = new AbortController();
  if (open) running = Array.from({ length: consoles }, () => untilStopped(stop.signal));
  parentPort.postMessage(close ? { answers, events } : {});
});
