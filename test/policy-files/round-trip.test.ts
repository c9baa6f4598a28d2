import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { hiddenCharacter } from '../../src/model/hidden-characters.js';
import { policyOfFiles, type SentFile } from '../../src/policy-files/files-to-policy.js';
import { KINDS, type PolicyDocuments } from '../../src/policy-files/kinds.js';
import { policyToFiles } from '../../src/policy-files/policy-to-files.js';
import { PolicyFilesError } from '../../src/policy-files/policy-problem.js';
import { printFile } from '../../src/policy-files/yaml/print-file.js';
import { readFileText } from '../../src/policy-files/yaml/read-file.js';
import { anyPolicy } from './arbitrary-policy.js';

const RUNS = process.env['TRIALS'] === 'full' ? 10_000 : 100;

function read(files: readonly SentFile[], documents: PolicyDocuments, replace: boolean): PolicyDocuments {
  const work = policyOfFiles(files, { documents, dialect: 'dog2', replace });
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value.documents;
  }
}

function byId(policy: PolicyDocuments): object {
  return Object.fromEntries(
    KINDS.map((kind) => [kind, [...policy[kind]].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))]),
  );
}

/** What is stored of a document on a server that has nothing yet. */
const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, [] as Document[]])) as unknown as PolicyDocuments;

it('any policy, as YAML files and back, is the same policy where it came from', () => {
  fc.assert(
    fc.property(anyPolicy, fc.boolean(), (policy, replace) => {
      const files = policyToFiles(policy, 'dog2');
      const lower = files.map(({ path }) => path.toLowerCase());
      expect(new Set(lower).size).toBe(files.length);
      for (const { path } of files) expect(path).toMatch(/^[a-z]+\/[\w%~.-]{1,160}\.yaml$|^dog-policy\.yaml$/);
      const again = files.map(({ path, document }) => {
        const text = printFile(document);
        // Nothing is in a file that a reviewer would not see.
        expect(hiddenCharacter(text.replaceAll('\n', ' '))).toBeUndefined();
        return { path, document: readFileText(text).document };
      });
      expect(byId(read(again, policy, replace))).toEqual(byId(policy));
    }),
    { numRuns: RUNS },
  );
});

it('any policy comes out of a new server as the same files', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const files = policyToFiles(policy, 'dog2');
      let there: PolicyDocuments;
      try {
        there = read(files, NOTHING, true);
      } catch (error) {
        // A new server takes no key that looks misspelt.
        expect(error).toBeInstanceOf(PolicyFilesError);
        for (const { reason } of (error as PolicyFilesError).problems) expect(reason).toMatch(/^is not known; is/);
        fc.pre(false);
        return;
      }
      expect(policyToFiles(there, 'dog2')).toEqual(files);
      // And nothing is new the second time.
      expect(byId(read(files, there, true))).toEqual(byId(there));
    }),
    { numRuns: RUNS },
  );
});
