// Takes protections out of a server that a test starts (NODE_OPTIONS=--import=this file): modules that
// REPLACED_MODULES names, as `config/check-together,cluster/deadline`, are those of ./replacements instead.
import '../../support/register-typescript.mjs';
import { register } from 'node:module';

register('./replace-hooks.mjs', import.meta.url, { data: process.env.REPLACED_MODULES?.split(',') ?? [] });
