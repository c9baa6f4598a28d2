import { SERVICE_ANY } from '../../model/builtins.js';
import { type DocumentService, plainService } from './document-service.js';

/** Services: `any` is built in, readable by id alone (docs/http-api.md#service). */
export function serviceService(): DocumentService {
  const plain = plainService('service');
  return { ...plain, read: async (call, id) => (id === SERVICE_ANY.id ? { doc: SERVICE_ANY } : plain.read(call, id)) };
}
