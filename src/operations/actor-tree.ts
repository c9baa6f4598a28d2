import { findActor, tree, type ActorNode, type ActorSystem, type Pid, type TreeOptions } from '../otp/index.js';

/** Most children of one supervisor that the tree lists unless asked otherwise; the counts are always of all. */
const TREE_LIMIT = 200;

/** The tree of actors below `root`, or the part at `path`; undefined: there is no such part. */
export function actorTree(
  system: ActorSystem,
  root: Pid | undefined,
  { path, offset = 0, limit = TREE_LIMIT }: { readonly path?: string } & Pick<TreeOptions, 'offset' | 'limit'>,
): ActorNode | undefined {
  if (root === undefined) return undefined;
  const from = path === undefined ? root : findActor(system, root, path);
  return from === undefined ? undefined : tree(system, from, { limit, offset }, path);
}
