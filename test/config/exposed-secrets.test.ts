import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function fileOf(text: string, mode: number): string {
  const file = join(temporaryDirectory(), 'dog.yaml');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const PASSWORDS = 'broker: {kind: amqp, url: "amqp://dog:hunter2@mq/dog"}\nsmtp_password: hunter2\n';

describe('a password that other users of the machine can read', () => {
  it('in a configuration file that all may read is warned of: the file, the keys, what to do, not the password', () => {
    const file = fileOf(PASSWORDS, 0o644);
    const { warnings } = loadConfig({ file });
    expect(warnings.filter((text) => text.includes(file))).toEqual([
      `${file} holds smtp_password and broker.url and every user of this machine may read it: chmod 0600 ${file}, ` +
        'or 0640 with the group of the service',
    ]);
    expect(warnings.join()).not.toContain('hunter2');
  });

  it.each([
    ['only its owner reads it', PASSWORDS, 0o600],
    ['the group of the service reads it too', PASSWORDS, 0o640],
    ['it holds no password', 'env: q1\nbroker: {kind: amqp, url: "amqp://mq/dog"}\n', 0o644],
  ])('is none where %s', (_, text, mode) => {
    const file = fileOf(text, mode);
    expect(loadConfig({ file }).warnings.filter((warning) => warning.includes(file))).toEqual([]);
  });

  it('on the command line is warned of, with the variable to use instead; in the environment it is not', () => {
    const { warnings } = loadConfig({ set: ['broker.kind=amqp', 'broker.url=amqp://dog:hunter2@mq/dog', 'env=q1'] });
    expect(warnings.filter((text) => text.includes('--set'))).toEqual([
      'broker.url came with --set, which every user of this machine sees in the list of processes: ' +
        'use a file of mode 0600 (--config), or the environment (DOG_BROKER__URL)',
    ]);
    const { warnings: none } = loadConfig({
      environment: { DOG_BROKER__KIND: 'amqp', DOG_BROKER__URL: 'amqp://dog:hunter2@mq/dog' },
    });
    expect(none.filter((text) => text.includes('broker.url'))).toEqual([]);
  });
});
