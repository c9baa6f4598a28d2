import { hostname } from 'node:os';
import type { HttpConfig } from '../http-config.js';

/** This server's name among the servers of one store. */
export function nameOfServer({ cluster }: Pick<HttpConfig, 'cluster'>): string {
  return cluster?.name ?? hostname();
}
