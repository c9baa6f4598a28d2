import { join } from 'node:path';
import type { Config } from './schema.js';

/** The Unix socket on which a running server lets its own user manage tokens. */
export function adminSocket({ run_dir }: Pick<Config, 'run_dir'>): string {
  return join(run_dir, 'admin.sock');
}
