import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.js';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Buttons beside `Close`. */
  readonly actions?: ComponentChildren;
  readonly closeText?: string;
  readonly children: ComponentChildren;
}

/** What wants an answer before anything else. Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, actions, closeText = 'Cancel', children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="stack">
        <h2 id={id}>{title}</h2>
        {children}
        <div class="row">
          {actions}
          <Button onPress={onClose}>{closeText}</Button>
        </div>
      </div>
    </dialog>
  );
}
