import { execFile } from 'node:child_process';

/** Talks to systemd, if it started us (sd_notify(3)). All calls do nothing otherwise. */
export interface Notifier {
  /** Sends assignments such as `READY=1`; resolves when they are sent, or the failure was reported. */
  send(...assignments: string[]): Promise<void>;
  /** Feeds the watchdog from this event loop, at a third of the time that systemd grants: a stuck loop feeds nothing. */
  startWatchdog(): void;
  stopWatchdog(): void;
}

/**
 * Most children at a time. Each waits up to five seconds until systemd has received its message; a slow receiver must
 * not delay the next message.
 */
const MAX_FEEDING = 16;

/**
 * Node has no Unix datagram sockets, so messages go through `systemd-notify` children: the unit needs
 * `NotifyAccess=all`.
 * @param onFailure told, with one sentence, each time a message could not be sent
 */
export function createNotifier(
  environment: Readonly<Record<string, string | undefined>>,
  onFailure: (text: string) => void,
): Notifier {
  const reachable = environment['NOTIFY_SOCKET'] !== undefined;
  let timer: NodeJS.Timeout | undefined;
  let feeding = 0;
  const send = (...assignments: string[]) =>
    new Promise<void>((resolve) => {
      if (!reachable) return resolve();
      const options = { env: { ...environment }, timeout: 10_000 };
      execFile('systemd-notify', assignments, options, (error) => {
        if (error !== null) onFailure(`systemd-notify ${assignments.join(' ')} failed: ${error.message}`);
        resolve();
      });
    });
  return {
    send,
    startWatchdog() {
      const granted = Number(environment['WATCHDOG_USEC'] ?? 0) / 1000;
      const forUs = environment['WATCHDOG_PID'] === undefined || Number(environment['WATCHDOG_PID']) === process.pid;
      if (!reachable || !forUs || !(granted > 0)) return;
      const feed = () => {
        if (feeding >= MAX_FEEDING) return;
        feeding += 1;
        void send('WATCHDOG=1').then(() => (feeding -= 1));
      };
      feed();
      timer = setInterval(feed, granted / 3);
      timer.unref();
    },
    stopWatchdog: () => clearInterval(timer),
  };
}
