/** No event tells of a refused message (an attacker could send thousands): the page asks this often, in milliseconds. */
export const EVERY_MS = 3000;
