import { describe } from 'vitest';
import { auditSuite } from './suite/audit.js';
import { commitSuite } from './suite/commits.js';
import { documentSuite } from './suite/documents.js';
import { feedSuite } from './suite/feeds.js';
import { fenceSuite } from './suite/fences.js';
import type { StoreTraits } from './suite/harness.js';
import { lifeSuite } from './suite/life.js';
import { modelSuite } from './suite/model.js';

/** What every store must do, told through the port alone. `runs`: how many random histories the model plays. */
export function storeSuite(traits: StoreTraits, runs = 60): void {
  describe(`store ${traits.name}`, () => {
    describe('life', () => lifeSuite(traits));
    describe('commits', () => commitSuite(traits));
    describe('a fence', () => fenceSuite(traits));
    describe('documents', () => documentSuite(traits));
    describe('feeds', () => feedSuite(traits));
    describe('audit', () => auditSuite(traits));
    describe('model', () => modelSuite(traits, runs));
  });
}
