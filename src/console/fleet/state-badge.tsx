import { Badge } from '../parts/badge.js';
import type { StateWords } from './host-words.js';

/** A state as a word, with what it means as its title. */
export function StateBadge({ words: { word, tone, meaning } }: { words: StateWords }) {
  return (
    <Badge tone={tone} title={meaning}>
      {word}
    </Badge>
  );
}
