import type { JsonObject } from '../model/document.js';
import { findActor, tree, type Kernel, type Pid } from '../otp/index.js';

/** Most children of one supervisor that the tree lists; the counts are always of all. */
const TREE_LIMIT = 200;

/** The tree of actors below `root`, or the part at `path`, as JSON; undefined: there is no such part. */
export const actorTree = (kernel: Kernel, root: Pid | undefined, path: string | undefined): JsonObject | undefined => {
  if (root === undefined) return undefined;
  const from = path === undefined ? root : findActor(kernel, root, path);
  const node = from === undefined ? undefined : tree(kernel, from, { limit: TREE_LIMIT });
  return node as unknown as JsonObject | undefined;
};
