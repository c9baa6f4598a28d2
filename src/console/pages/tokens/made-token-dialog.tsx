import { useState } from 'preact/hooks';
import type { MadeToken } from '../../../http/access/token-answers.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';

/** The secret of a new token. It is in this dialog alone, and gone with it. */
export function MadeTokenDialog({ made: { name, secret }, onClose }: { made: MadeToken; onClose: () => void }) {
  const [copied, setCopied] = useState<boolean | undefined>(undefined);
  const copy = async () => setCopied(await copyText(secret));
  return (
    <Dialog
      title={`The token ${name}`}
      onClose={onClose}
      closeText="Close"
      actions={
        <Button kind="main" onPress={copy}>
          Copy
        </Button>
      }
    >
      <p>Keep it now where its user finds it: it is not shown again, here or anywhere.</p>
      <code class="shown-once" tabIndex={0} role="textbox" aria-readonly="true" aria-label="The token">
        {secret}
      </code>
      <p class="small quiet" role="status">
        {copied === undefined
          ? '\u00a0'
          : copied
            ? 'Copied'
            : 'The browser does not let this page copy: select it and press Ctrl+C'}
      </p>
    </Dialog>
  );
}

/** False: the browser did not let it, as it does on pages without TLS of other machines. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
