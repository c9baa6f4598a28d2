import { formatReason, type ActorSystem } from '../../../otp/index.js';

/**
 * Does `work` in a process that is there for it alone: a rejection that nobody waits for, or a throw in a callback, ends
 * that one (or is only reported, once it has ended) and no part of the server.
 */
export async function inOwnProcess<T>(
  system: Pick<ActorSystem, 'spawn' | 'send' | 'exited'>,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  let answer: (value: T) => void = () => undefined;
  const answered = new Promise<T>((resolve) => (answer = resolve));
  const pid = await system.spawn(
    {
      init: () => undefined,
      async handle(self) {
        answer(await work());
        self.stop('normal');
      },
    },
    { label },
  );
  const ended = system.exited(pid).then((reason) => {
    throw new Error(`the process of ${label} ended first: ${formatReason(reason)}`);
  });
  ended.catch(() => undefined);
  system.send(pid, { tag: 'begin' });
  return Promise.race([answered, ended]);
}
