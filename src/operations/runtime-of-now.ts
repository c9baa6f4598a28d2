import type { Operations } from './operations.js';

/** A runtime that asks, at every call, the one that counts now. */
export function runtimeOfNow(now: () => Operations): Operations {
  return {
    tree: (options) => now().tree(options),
    publishGroup: (name) => now().publishGroup(name),
    readiness: () => now().readiness(),
    alarms: () => now().alarms(),
    refusedHosts: () => now().refusedHosts(),
    drift: (hostId) => now().drift(hostId),
    publishing: () => now().publishing(),
    setPublishing: (paused, author) => now().setPublishing(paused, author),
    dialect: () => now().dialect(),
    observation: () => now().observation(),
    get commands() {
      return now().commands;
    },
    standing: () => now().standing(),
  };
}
