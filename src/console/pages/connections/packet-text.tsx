import type { Json } from '../../../model/document.js';
import { isObject } from '../../../model/validate.js';

/** One packet: `192.0.2.7 → 10.1.0.1 tcp 22`. */
export function PacketText({ packet }: { packet: Json | undefined }) {
  if (!isObject(packet)) return null;
  const word = (key: string) =>
    typeof packet[key] === 'string' || typeof packet[key] === 'number' ? String(packet[key]) : undefined;
  const type = word('icmp_type');
  return (
    <code class="wrap">
      {[word('src'), '→', word('dst'), word('protocol'), word('dport'), type === undefined ? undefined : `type ${type}`]
        .filter((part) => part !== undefined)
        .join(' ')}
    </code>
  );
}
