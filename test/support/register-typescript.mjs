// Lets a child process of a test run TypeScript as it stands: node --import ./register-typescript.mjs program.ts
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
