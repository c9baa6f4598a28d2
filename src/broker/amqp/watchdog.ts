/** Looks at the peer this often in a heartbeat. */
const LOOKS = 8;
/** This many looks without a byte (1.75 heartbeats) and the peer is dead; at most 1.875 have passed since its last. */
const SILENT_LOOKS = 14;

/**
 * Watches for a peer that has gone silent: `onSilent` is called once, within two heartbeats of the last byte received.
 * amqplib's own check needs up to three, and RabbitMQ sends at least one frame a heartbeat. Looks are counted, not time,
 * so that a server too busy to read for a while doesn't take its own delay for the peer's.
 * @param bytesReceived the bytes received so far
 * @returns a function that stops it
 */
export function watchSilence(heartbeatSeconds: number, bytesReceived: () => number, onSilent: () => void): () => void {
  let last = bytesReceived();
  let silent = 0;
  const timer = setInterval(
    () => {
      const now = bytesReceived();
      silent = now === last ? silent + 1 : 0;
      last = now;
      if (silent < SILENT_LOOKS) return;
      clearInterval(timer);
      onSilent();
    },
    (heartbeatSeconds * 1000) / LOOKS,
  );
  return () => clearInterval(timer);
}
