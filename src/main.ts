#!/usr/bin/env node
// Built, this is the program in few files (script/bundle.mjs); dist/run.js is the same in single modules, for tests that replace one.
import './run.js';
