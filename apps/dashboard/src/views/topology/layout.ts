import type { EdgeState } from '#contracts';

/** A part of the system at its place: columns from the client on the left to the stores on the right. */
export interface PlacedNode {
  readonly name: string;
  readonly kind: 'client' | 'gateway' | 'service' | 'store';
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly key: string;
  readonly edge: EdgeState;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 44;
const COLUMN_GAP = 112;
const ROW_GAP = 28;
const MARGIN = 12;

const CLIENT = 'client';
const GATEWAY = 'gateway';

/**
 * Places the parts of a system: services in columns by the longest chain of calls that leads to them, the stores in the last
 * column. Services that call each other in a circle share the columns that their first members reach.
 *
 * @param services names of all services, also of those without calls
 */
export function layoutOf(services: readonly string[], edges: Readonly<Record<string, EdgeState>>): Layout {
  const calls = Object.values(edges);
  const stores = new Set(calls.filter(({ kind }) => kind === 'store').map(({ to }) => to));
  const names = [...new Set([...services, ...callersOf(calls)])].sort();
  const depths = depthsOf(names, calls);
  const last = 2 + Math.max(0, ...depths.values()) + 1;
  const columns = new Map<number, { name: string; kind: PlacedNode['kind'] }[]>([
    [0, [{ name: CLIENT, kind: 'client' }]],
    [1, [{ name: GATEWAY, kind: 'gateway' }]],
  ]);
  const add = (column: number, name: string, kind: PlacedNode['kind']): void => {
    const others = columns.get(column) ?? [];
    columns.set(column, [...others, { name, kind }]);
  };
  for (const name of names) add(2 + (depths.get(name) ?? 0), name, 'service');
  for (const name of [...stores].sort()) add(last, name, 'store');
  const rows = Math.max(...Array.from(columns.values(), ({ length }) => length));
  const height = 2 * MARGIN + rows * NODE_HEIGHT + (rows - 1) * ROW_GAP;
  const nodes = Array.from(columns, ([column, members]) => placed(column, members, height)).flat();
  return {
    width: 2 * MARGIN + columns.size * NODE_WIDTH + (columns.size - 1) * COLUMN_GAP,
    height,
    nodes,
    edges: placedEdges(edges, nodes),
  };
}

const callersOf = (calls: readonly EdgeState[]): readonly string[] =>
  calls.filter(({ kind }) => kind === 'call').flatMap(({ from, to }) => [from, to]);

/** How many calls lead to each service, at most; 0 for those that only the gateway calls. */
function depthsOf(names: readonly string[], calls: readonly EdgeState[]): ReadonlyMap<string, number> {
  const depths = new Map(names.map((name) => [name, 0]));
  const between = calls.filter(({ kind, from, to }) => kind === 'call' && from !== to);
  // One round per service is enough without circles, and ends circles.
  for (let round = 1; round < names.length; round += 1)
    for (const { from, to } of between) {
      const depth = (depths.get(from) ?? 0) + 1;
      if (depth <= round && depth > (depths.get(to) ?? 0) && !reaches(between, to, from))
        depths.set(to, depth);
    }
  return depths;
}

function reaches(calls: readonly EdgeState[], start: string, goal: string): boolean {
  const seen = new Set([start]);
  for (const name of seen) for (const { from, to } of calls) if (from === name) seen.add(to);
  return seen.has(goal);
}

function placed(
  column: number,
  members: readonly { readonly name: string; readonly kind: PlacedNode['kind'] }[],
  height: number,
): readonly PlacedNode[] {
  const used = members.length * NODE_HEIGHT + (members.length - 1) * ROW_GAP;
  const top = (height - used) / 2;
  const x = MARGIN + column * (NODE_WIDTH + COLUMN_GAP);
  return members.map((member, i) => ({ ...member, x, y: top + i * (NODE_HEIGHT + ROW_GAP) }));
}

function placedEdges(
  edges: Readonly<Record<string, EdgeState>>,
  nodes: readonly PlacedNode[],
): readonly PlacedEdge[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return Object.entries(edges).flatMap(([key, edge]) => {
    const [from, to] = [byName.get(edge.from), byName.get(edge.to)];
    return from && to ? [{ key, edge, from, to }] : [];
  });
}

/** A curve from the right side of one node to the left side of another, or around if it leads back. */
export function pathOf({ from, to }: PlacedEdge): string {
  const [x1, y1] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + NODE_HEIGHT / 2];
  if (x2 > x1) {
    const middle = (x1 + x2) / 2;
    return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  }
  const bend = x1 + COLUMN_GAP / 2;
  const end = to.x + NODE_WIDTH;
  return `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${end} ${y2}`;
}

/** Where the label of an edge stands: near its end, so that labels of one source do not cover each other. */
export function labelOf({ from, to }: PlacedEdge): { readonly x: number; readonly y: number } {
  const share = 0.62;
  const [x1, y1] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2];
  const [x2, y2] = to.x > x1 ? [to.x, to.y + NODE_HEIGHT / 2] : [x1 + COLUMN_GAP / 2, to.y + NODE_HEIGHT / 2];
  return { x: x1 + (x2 - x1) * share, y: y1 + (y2 - y1) * (3 * share ** 2 - 2 * share ** 3) - 6 };
}
