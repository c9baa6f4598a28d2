import { onStage, type Stage } from '../../../src/demo/on-stage.js';

/** The demo as `dog-trainer demo` runs it, in this process, for as long as a suite needs it. */
export interface DemoStage {
  readonly stage: Stage;
  /** Base URL of the API and the console. */
  readonly url: string;
  end(): Promise<void>;
}

/** Starts the demo; resolves when all of its hosts run what was published. */
export function startDemo(agents = 6): Promise<DemoStage> {
  return new Promise((resolve, reject) => {
    let finish: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (finish = resolve));
    let said = '';
    const options = {
      agents,
      once: true,
      out: (text: string) => void (said += text),
      signal: new AbortController().signal,
    };
    const over = onStage(options, async (stage) => {
      const end = async () => {
        finish();
        await over;
      };
      resolve({ stage, url: stage.server.listening.api, end });
      await asked;
    });
    over.catch((error: unknown) => reject(new Error(`the demo failed after: ${said}`, { cause: error })));
  });
}
