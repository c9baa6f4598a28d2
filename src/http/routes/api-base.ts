import type { ApiVersion } from '../../resources/resource.js';

/** The path prefix of a version of the API. */
export const BASE: Readonly<Record<ApiVersion, string>> = { v1: '/api', v2: '/api/V2' };
