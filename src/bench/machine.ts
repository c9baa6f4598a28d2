import { arch, cpus, release, totalmem, type } from 'node:os';

/** On what a run was measured. */
export interface Machine {
  readonly processor: string;
  /** Threads that the system shows. */
  readonly cores: number;
  readonly memory_gb: number;
  readonly system: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memory_gb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}, ${arch()}`,
    node: process.version,
  };
}
