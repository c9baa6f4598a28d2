import type { ApiVersion } from '../../resources/resource.js';

/** Where a version of the API begins. */
export const BASE: Readonly<Record<ApiVersion, string>> = { v1: '/api', v2: '/api/V2' };
