import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

// Each console listens to what happens, and asks what its page Now asks when something did, at most once a second.
const { url, count } = workerData as { readonly url: string; readonly count: number };
const PATHS = ['/api/V2/now', '/api/V2/convergence'];
/** As src/console/api/use-asked.ts waits, in milliseconds. */
const [AFTER_EVENT_MS, APART_MS] = [150, 800];

let stop = new AbortController();
let running: Promise<void>[] = [];

async function oneConsole(signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/api/V2/events?recent=50`, { headers: { accept: 'text/event-stream' }, signal });
  if (!response.ok || response.body === null) throw new Error(`the stream was answered ${response.status}`);
  const state = { due: true };
  await Promise.all([asking(state, signal), listening(response.body, state)]);
}

async function listening(body: ReadableStream<Uint8Array>, state: { due: boolean }): Promise<void> {
  const decoder = new TextDecoder();
  for await (const piece of body as AsyncIterable<Uint8Array>)
    if (decoder.decode(piece, { stream: true }).includes('\nevent: ')) state.due = true;
}

async function asking(state: { due: boolean }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!state.due) {
      await sleep(20);
      continue;
    }
    state.due = false;
    await sleep(AFTER_EVENT_MS);
    await Promise.all(
      PATHS.map(async (path) => {
        const answer = await fetch(url + path, { signal });
        if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
        await answer.text();
      }),
    );
    await sleep(APART_MS);
  }
}

/** Stopping a console ends its calls, and nothing else may. */
async function untilStopped(signal: AbortSignal): Promise<void> {
  try {
    await oneConsole(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function follow({ open }: { readonly open: boolean }): Promise<void> {
  stop.abort();
  await Promise.all(running);
  running = [];
  stop = new AbortController();
  if (open) running = Array.from({ length: count }, () => untilStopped(stop.signal));
  parentPort?.postMessage({});
}

parentPort?.on('message', (order: { readonly open: boolean }) => void follow(order));
