import type { EdgeState } from '#contracts';

/** What stands in a column: a part of the system, or the room that an edge needs to pass between others. */
export interface Member {
  /** Unique among all columns. */
  readonly key: string;
  /** Name of the part; of a `pass`, the key of the edge. */
  readonly name: string;
  readonly kind: 'client' | 'gateway' | 'service' | 'store' | 'pass';
  /** The service that an embedded store is a part of. */
  readonly owner?: string;
}

/** The store in the process of a service: each service has its own. */
const EMBEDDED_STORE = 'sqlite';

const isEmbedded = ({ kind, to }: EdgeState): boolean => kind === 'store' && to === EMBEDDED_STORE;

/** The key of what an edge leads to. */
export const targetOf = (edge: EdgeState): string => (isEmbedded(edge) ? `${edge.from} ${edge.to}` : edge.to);

/** What the services store in, each once. */
function storesOf(edges: readonly EdgeState[]): readonly Member[] {
  const stores = edges
    .filter(({ kind }) => kind === 'store')
    .map((edge): Member => {
      const owner = isEmbedded(edge) ? { owner: edge.from } : {};
      return { key: targetOf(edge), name: edge.to, kind: 'store', ...owner };
    });
  const byKey = new Map(stores.map((store) => [store.key, store]));
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

const CLIENT: Member = { key: 'client', name: 'client', kind: 'client' };
const GATEWAY: Member = { key: 'gateway', name: 'gateway', kind: 'gateway' };
const FIRST_SERVICES = 2;
/** Rounds of sorting each column by the places of its neighbours; more change nothing that can be seen. */
const ROUNDS = 4;

/**
 * The columns of the picture: services by the longest chain of calls that leads to them, stores last. Services that call
 * each other in a circle share the columns that the first of them reach.
 */
export function columnsOf(
  services: readonly string[],
  edges: Readonly<Record<string, EdgeState>>,
): readonly (readonly Member[])[] {
  const calls = Object.values(edges).filter(({ kind, from, to }) => kind === 'call' && from !== to);
  const names = [...new Set([...services, ...calls.flatMap(({ from, to }) => [from, to])])].sort();
  const depths = depthsOf(names, calls);
  const columns: Member[][] = [[CLIENT], [GATEWAY]];
  const add = (column: number, member: Member): void => void (columns[column] ??= []).push(member);
  for (const name of names)
    add(FIRST_SERVICES + (depths.get(name) ?? 0), { key: name, name, kind: 'service' });
  const last = columns.length;
  for (const store of storesOf(Object.values(edges))) add(last, store);
  addPasses(columns, edges);
  for (let round = 0; round < ROUNDS; round += 1) sortByNeighbours(columns, edges);
  return columns;
}

/** How many calls lead to each service, at most; 0 for those that only the gateway calls. */
function depthsOf(names: readonly string[], calls: readonly EdgeState[]): ReadonlyMap<string, number> {
  const depths = new Map(names.map((name) => [name, 0]));
  const chain = calls.filter(({ from, to }) => !reaches(calls, to, from));
  for (let round = 1; round < names.length; round += 1)
    for (const { from, to } of chain)
      depths.set(to, Math.max(depths.get(to) ?? 0, (depths.get(from) ?? 0) + 1));
  return depths;
}

function reaches(calls: readonly EdgeState[], start: string, goal: string): boolean {
  const seen = new Set([start]);
  for (const name of seen) for (const { from, to } of calls) if (from === name) seen.add(to);
  return seen.has(goal);
}

function addPasses(columns: Member[][], edges: Readonly<Record<string, EdgeState>>): void {
  const columnOf = (name: string): number =>
    columns.findIndex((members) => members.some(({ key }) => key === name));
  for (const [name, edge] of Object.entries(edges)) {
    const end = columnOf(targetOf(edge));
    for (let column = columnOf(edge.from) + 1; column > 0 && column < end; column += 1)
      columns[column]?.push({ key: `${name} ${column}`, name, kind: 'pass' });
  }
}

/** Moves each member of a column to the middle of what leads to it, from the left to the right. */
function sortByNeighbours(columns: Member[][], edges: Readonly<Record<string, EdgeState>>): void {
  const heights = new Map<string, number>();
  columns.forEach((members, column) => {
    const heightOf = ({ key, name, kind }: Member): number => {
      const sources = kind === 'pass' ? [sourceOf(edges, name, column)] : sourcesOf(edges, key, column);
      const known = sources.flatMap((source) => heights.get(source) ?? []);
      return known.length === 0 ? 0.5 : known.reduce((sum, height) => sum + height, 0) / known.length;
    };
    const sorted = members.map((member) => ({ member, height: heightOf(member) }));
    sorted.sort((a, b) => a.height - b.height);
    members.splice(0, members.length, ...sorted.map(({ member }) => member));
    members.forEach(({ key }, i) => heights.set(key, (i + 1) / (members.length + 1)));
  });
}

/** The key of what an edge comes from, seen from a column: its last pass, or its source. */
const sourceOf = (edges: Readonly<Record<string, EdgeState>>, name: string, column: number): string =>
  column > FIRST_SERVICES ? `${name} ${column - 1}` : (edges[name]?.from ?? '');

function sourcesOf(
  edges: Readonly<Record<string, EdgeState>>,
  key: string,
  column: number,
): readonly string[] {
  return Object.entries(edges)
    .filter(([, edge]) => targetOf(edge) === key)
    .flatMap(([name, { from }]) => [`${name} ${column - 1}`, from]);
}
