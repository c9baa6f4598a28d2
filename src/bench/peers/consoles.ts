import { Worker } from 'node:worker_threads';

/** Browsers that watch a server, as one thread of programs: browsers are on other machines too. */
export interface Consoles {
  open(wanted: boolean): Promise<void>;
  close(): Promise<void>;
}

/** @param url - of the API @param count - how many */
export function consoles(url: string, count: number): Consoles {
  const worker = new Worker(new URL('./console-thread.js', import.meta.url), { workerData: { url, count } });
  const told = (wanted: boolean) =>
    new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve()).once('error', reject);
      worker.postMessage({ open: wanted });
    });
  return {
    open: told,
    async close() {
      await told(false);
      await worker.terminate();
    },
  };
}
