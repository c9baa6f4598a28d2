// A server whose lease never ends by its own clocks: only the store can tell it that another leads.
export const momentOf = (clock) => ({ monotonic: clock.monotonic(), wall: clock.now() });
export const elapsedMs = () => 0;
export const leftMs = (_asked, leaseMs) => leaseMs;
