/** Looks at the peer this often in a heartbeat. */
const LOOKS = 10;
/** So many heartbeats without a byte and the peer is dead: with the last look at most 1.7, and something for a busy machine. */
const SILENCE = 1.6;

/**
 * Watches for a peer that has gone silent: `onSilent` is called once, within two heartbeats of the last byte received.
 * amqplib's own check needs up to three, and RabbitMQ sends at least one frame a heartbeat. A look that comes late
 * counts for two at most, so that a server too busy to read doesn't take its own delay for the peer's.
 * @param bytesReceived the bytes received so far
 * @returns a function that stops it
 */
export function watchSilence(heartbeatSeconds: number, bytesReceived: () => number, onSilent: () => void): () => void {
  const interval = (heartbeatSeconds * 1000) / LOOKS;
  let bytes = bytesReceived();
  let lastLook = performance.now();
  let silentMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const received = bytesReceived();
    silentMs = received === bytes ? silentMs + Math.min(now - lastLook, 2 * interval) : 0;
    bytes = received;
    lastLook = now;
    if (silentMs < SILENCE * heartbeatSeconds * 1000) return;
    clearInterval(timer);
    onSilent();
  }, interval);
  return () => clearInterval(timer);
}
