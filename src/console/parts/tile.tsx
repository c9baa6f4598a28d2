import type { ComponentChildren } from 'preact';
import type { Tone } from './tone.js';

export interface TileProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly tone?: Tone;
  /** What there is to say besides, in small letters. */
  readonly note?: ComponentChildren;
  /** Where it leads. */
  readonly href?: string;
}

/** One figure with its name. */
export function Tile({ label, value, tone = 'none', note, href }: TileProps) {
  const inside = (
    <>
      <span class="label">{label}</span>
      <span class="value">{value}</span>
      {note !== undefined && <span class="small quiet">{note}</span>}
    </>
  );
  return href === undefined ? (
    <div class="tile" data-tone={tone}>
      {inside}
    </div>
  ) : (
    <a class="tile" data-tone={tone} href={href}>
      {inside}
    </a>
  );
}
