import type { JsonObject } from '../model/document.js';
import type { Stamp } from '../wire/messages/envelope.js';
import { encodeReport, type UpdateType } from '../wire/messages/report.js';
import type { MalformedReport } from './agent-fault.js';

/** The bytes of a report that is broken in this way. */
export function spoil(how: MalformedReport, updateType: UpdateType, fields: JsonObject, stamp: Stamp): Buffer {
  switch (how) {
    case 'truncated': {
      const body = encodeReport(updateType, fields, stamp);
      return body.subarray(0, Math.floor(body.length / 2));
    }
    case 'no_hostkey':
      return encodeReport(
        updateType,
        Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'hostkey')),
        stamp,
      );
    case 'unknown_type':
      return encodeReport('reboot' as UpdateType, fields, stamp);
    case 'no_term':
      return Buffer.from(JSON.stringify({ ...fields, updatetype: updateType }));
  }
}
