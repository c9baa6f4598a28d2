import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  readonly onPress: () => unknown;
  /** `main`: what is most likely wanted; `danger`: what takes something away; `plain`: beside text. */
  readonly kind?: 'main' | 'danger' | 'plain';
  /** It runs. */
  readonly busy?: boolean;
  /** Why it can't be pressed now; it can be reached all the same, so that the reason can be read. */
  readonly disabledWhy?: string | undefined;
  readonly label?: string | undefined;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ onPress, kind, busy = false, disabledWhy, label, pressed, expanded, children }: ButtonProps) {
  const off = busy || disabledWhy !== undefined;
  return (
    <button
      type="button"
      class="button"
      data-kind={kind}
      aria-disabled={off}
      aria-busy={busy}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={disabledWhy}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      {children}
      {busy && '…'}
    </button>
  );
}
