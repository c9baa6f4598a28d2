import { escapeHidden } from '../model/hidden-characters.js';

/** One supervisor or actor as `GET /api/V2/actors` tells it; what is absent is not printed. */
interface TreeNode {
  readonly id?: unknown;
  readonly path?: unknown;
  readonly state?: unknown;
  readonly mailbox?: unknown;
  readonly handled?: unknown;
  readonly restarts?: unknown;
  readonly last_crash?: unknown;
  readonly children?: unknown;
}

/** Draws the tree with a column each for state, mailbox length, messages handled and restarts, then the last crash. */
export function printTree(answer: unknown): string {
  const rows: string[][] = [['actor', 'state', 'mailbox', 'handled', 'restarts', 'last crash']];
  const roots = childrenOf(answer);
  roots.forEach((root) => addRows(root, '', '', rows));
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => align(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function addRows(node: TreeNode, stem: string, below: string, rows: string[][]): void {
  const name = text(node.id) || text(node.path).split('/').at(-1) || '?';
  rows.push([
    stem + name,
    text(node.state),
    text(node.mailbox),
    text(node.handled),
    text(node.restarts),
    crash(node.last_crash),
  ]);
  const children = childrenOf(node.children);
  children.forEach((child, index) => {
    const last = index === children.length - 1;
    addRows(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, rows);
  });
}

function childrenOf(value: unknown): readonly TreeNode[] {
  if (Array.isArray(value)) return value.filter((item): item is TreeNode => typeof item === 'object' && item !== null);
  return typeof value === 'object' && value !== null ? [value] : [];
}

/** Numbers stand right, texts left. */
function align(cell: string, width: number, column: number): string {
  const padding = ' '.repeat(Math.max(0, width - [...cell].length));
  return column >= 2 && column <= 4 ? padding + cell : cell + padding;
}

function crash(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value);
  const { at, reason } = value as { at?: unknown; reason?: unknown };
  return [text(at), text(reason)].filter((part) => part !== '').join(' ');
}

function text(value: unknown): string {
  if (typeof value === 'string') return escapeHidden(value.split('\n')[0] ?? '');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
