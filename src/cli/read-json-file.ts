import { TextDecoder } from 'node:util';
import { readFile } from 'node:fs/promises';
import type { Json } from '../model/document.js';
import { CommandFailure } from './cli-io.js';

/** Reads a file of JSON. @throws CommandFailure where it cannot be read, or is not JSON */
export async function readJsonFile(file: string): Promise<Json> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const { readJson } = await import('../http/json/read-json.js');
  try {
    // Not JSON.parse: it silently rounds whole numbers beyond 2^53.
    return readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new CommandFailure(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
