import { useEffect, useRef } from 'preact/hooks';
import type { NowAnswer } from '../../../operations/now/now-answers.js';
import { announce } from '../../parts/announce.js';
import { verdictTone } from './verdict-tone.js';

const WORDS = { ok: 'Safe.', warn: 'Look at this.', bad: 'Act.' } as const;

/** One sentence on the whole, announced when it changes. */
export function Verdict({ now }: { now: NowAnswer }) {
  const tone = verdictTone(now);
  const { summary } = now.status;
  const said = useRef(summary);
  useEffect(() => {
    if (said.current === summary) return;
    said.current = summary;
    announce(`${WORDS[tone]} ${summary}`);
  }, [summary, tone]);
  return (
    <p class="verdict" data-tone={tone}>
      <strong>{WORDS[tone]}</strong> {sentence(summary)}
    </p>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`;
}
