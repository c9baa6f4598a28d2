// Loaded before the program (NODE_OPTIONS=--import): the publisher of sets throws over the first message `dirty` that it
// handles once the file THROW_ONCE exists. The program itself has no way to make an actor fail. THROWING_FROM: URL of the
// program's root, `dist/` or `src/`.
import { existsSync, rmSync } from 'node:fs';

const { THROWING_FROM: from, THROW_ONCE: file } = process.env;
if (from.endsWith('/src/')) await import('./register-typescript.mjs');
const { IpsetPublisher } = await import(
  new URL(`actors/publishing/ipset-publisher.${from.endsWith('/src/') ? 'ts' : 'js'}`, from).href
);
const handleCast = IpsetPublisher.prototype.handleCast;
IpsetPublisher.prototype.handleCast = function throwOnce(self, message) {
  if (message.tag === 'dirty' && existsSync(file)) {
    rmSync(file);
    throw new Error('on purpose, with amqp://dog:hunter2hunter2@mq:5672 in its text', {
      cause: new RangeError('what lies below'),
    });
  }
  return handleCast.call(this, self, message);
};
