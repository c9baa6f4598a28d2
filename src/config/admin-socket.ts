import { join } from 'node:path';
import type { Config } from './schema.js';

/** The Unix socket on which a running server lets its own user manage tokens. */
export const adminSocket = ({ run_dir }: Pick<Config, 'run_dir'>): string => join(run_dir, 'admin.sock');
