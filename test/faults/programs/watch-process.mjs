// Preloaded into a server under test (`--import`): every quarter of a second it writes to the file that WATCH_FILE names
// what the process takes at most (bytes), and the longest pause of its event loop (milliseconds) since SIGUSR2.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env.WATCH_FILE;
if (file !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  process.on('SIGUSR2', () => delay.reset());
  const peak = { heap: 0, rss: 0 };
  setInterval(() => {
    const { heapUsed, rss } = process.memoryUsage();
    peak.heap = Math.max(peak.heap, heapUsed);
    peak.rss = Math.max(peak.rss, rss);
    writeFileSync(`${file}.new`, JSON.stringify({ heap: peak.heap, rss: peak.rss, pause: delay.max / 1e6 }));
    renameSync(`${file}.new`, file);
  }, 250).unref();
}
