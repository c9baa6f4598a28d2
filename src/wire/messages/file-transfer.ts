import { LARGE_LIMITS } from '../decode-limits.js';
import { encodeTerm } from '../encode.js';
import { atom, atomKey, binary, binaryText, charlist, integer, list, map, propertyOf, type Term } from '../term.js';
import { decodeMessageTerm, pair, stampPairs, type Stamp } from './envelope.js';
import { MessageError } from './message-error.js';

/** A request to one agent by exchange `file_transfer` (docs/protocol.md#remote-commands-and-files). */
export type FileTransferRequest =
  | {
      readonly command: 'execute_command';
      readonly commandLine: string;
      readonly useShell: boolean;
      readonly user?: string;
    }
  | { readonly command: 'fetch_file'; readonly fileName: string }
  | { readonly command: 'delete_file'; readonly fileName: string }
  | ({ readonly command: 'send_file' } & FileBlock);

/**
 * One block of a file, counted from 1. An empty file is one empty block
 * (docs/protocol.md#an-empty-file-is-one-empty-block).
 */
export interface FileBlock {
  readonly fileName: string;
  readonly totalBlocks: number;
  readonly currentBlock: number;
  /** The block's place is (currentBlock − 1) times this. */
  readonly maxBlockSizeBytes: number;
  readonly block: Uint8Array;
}

/**
 * Encodes a request. `apiUser` is the caller (the header `x-consumer-username`), `undefined` when unknown; agents drop
 * a request without that pair, so it is always sent.
 */
export function encodeRequest(request: FileTransferRequest, apiUser: string | undefined, stamp: Stamp): Buffer {
  return encodeTerm(
    list([
      pair('command', atom(request.command)),
      ...argumentPairs(request),
      ...stampPairs(stamp),
      ...optionPairs(request),
      pair('api_user', apiUser === undefined ? atom('undefined') : binary(apiUser)),
      ...(request.command === 'execute_command' && request.user !== undefined
        ? [pair('user', charlist(request.user))]
        : []),
    ]),
  );
}

/**
 * A request as an agent reads it; `apiUser` is absent when the pair is, and agents drop such a request without an
 * answer.
 */
export interface ReceivedRequest {
  readonly request: FileTransferRequest;
  readonly apiUser?: string | null;
}

/** @throws MessageError where an agent would crash. */
export function decodeRequest(body: Uint8Array): ReceivedRequest {
  const message = decodeMessageTerm(body, LARGE_LIMITS);
  const command = propertyOf(message, 'command');
  if (command?.kind !== 'atom') throw new MessageError('missing_field', 'command', 'command: no atom');
  const request = requestOf(command.name, message);
  const apiUser = propertyOf(message, 'api_user');
  return apiUser === undefined ? { request } : { request, apiUser: binaryText(apiUser) ?? null };
}

function argumentPairs(request: FileTransferRequest): readonly Term[] {
  switch (request.command) {
    case 'execute_command':
      return [pair('execute_command', binary(Buffer.from(request.commandLine, 'utf8').toString('base64')))];
    case 'fetch_file':
    case 'delete_file':
      return [pair('file_name', binary(request.fileName))];
    case 'send_file':
      return [
        pair('file_name', binary(request.fileName)),
        pair('total_blocks', integer(request.totalBlocks)),
        pair('current_block', integer(request.currentBlock)),
        pair('max_block_size_bytes', integer(request.maxBlockSizeBytes)),
      ];
  }
}

function optionPairs(request: FileTransferRequest): readonly Term[] {
  switch (request.command) {
    case 'execute_command':
      return [pair('use_shell', atom(String(request.useShell)))];
    case 'send_file':
      return [pair('user_data', map([[atom('file_block'), binary(request.block)]]))];
    case 'fetch_file':
    case 'delete_file':
      return [];
  }
}

function requestOf(command: string, message: Term): FileTransferRequest {
  switch (command) {
    case 'execute_command': {
      const encoded = Buffer.from(text(message, 'execute_command'), 'base64');
      const useShell = propertyOf(message, 'use_shell');
      const user = propertyOf(message, 'user');
      return {
        command,
        commandLine: encoded.toString('utf8'),
        useShell: useShell?.kind === 'atom' && useShell.name === 'true',
        ...(user?.kind === 'charlist' ? { user: user.bytes.toString('utf8') } : {}),
      };
    }
    case 'fetch_file':
    case 'delete_file':
      return { command, fileName: text(message, 'file_name') };
    case 'send_file':
      return {
        command,
        fileName: text(message, 'file_name'),
        totalBlocks: count(message, 'total_blocks'),
        currentBlock: count(message, 'current_block'),
        maxBlockSizeBytes: count(message, 'max_block_size_bytes'),
        block: blockOf(message),
      };
    default:
      throw new MessageError('bad_value', 'command', 'command: none that agents know');
  }
}

function text(message: Term, name: string): string {
  const term = propertyOf(message, name);
  const value = term === undefined ? undefined : binaryText(term);
  if (value === undefined) throw new MessageError('wrong_type', name, `${name}: no binary of text`);
  return value;
}

function count(message: Term, name: string): number {
  const term = propertyOf(message, name);
  if (term?.kind !== 'integer' || typeof term.value !== 'number' || term.value < 1) {
    throw new MessageError('wrong_type', name, `${name}: no whole number from 1`);
  }
  return term.value;
}

function blockOf(message: Term): Buffer {
  const userData = propertyOf(message, 'user_data');
  const block = userData === undefined ? undefined : atomKey(userData, 'file_block');
  if (block?.kind !== 'binary') throw new MessageError('wrong_type', 'file_block', 'file_block: no binary');
  return block.bytes;
}
