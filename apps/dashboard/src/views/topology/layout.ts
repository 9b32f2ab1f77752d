import type { EdgeState } from '#contracts';
import { columnsOf, targetOf, type Member } from './columns';

/** A part of the system at its place: columns from the client on the left to the stores on the right. */
export interface PlacedNode {
  readonly name: string;
  readonly kind: 'client' | 'gateway' | 'service' | 'store';
  /** See {@link Member.owner}. */
  readonly owner: string | undefined;
  readonly x: number;
  readonly y: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly key: string;
  readonly edge: EdgeState;
  /** From the right side of a node to the left side of another, between the nodes of the columns that it passes. */
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 44;
/** Height of the gap between nodes that an edge passes through. */
const PASS_HEIGHT = 14;
const COLUMN_GAP = 116;
const ROW_GAP = 24;
const MARGIN = 12;

/**
 * Places the parts of a system.
 *
 * @param services names of all services, also of those without calls
 */
export function layoutOf(services: readonly string[], edges: Readonly<Record<string, EdgeState>>): Layout {
  const columns = columnsOf(services, edges);
  const height = 2 * MARGIN + Math.max(...columns.map(heightOf));
  const placed = columns.map((members, column) => placeColumn(members, column, height));
  const points = new Map(placed.flat().map((place) => [place.member.key, place]));
  return {
    width: 2 * MARGIN + columns.length * NODE_WIDTH + (columns.length - 1) * COLUMN_GAP,
    height,
    nodes: placed
      .flat()
      .flatMap(({ member, x, y }) =>
        member.kind === 'pass' ? [] : [{ name: member.name, kind: member.kind, owner: member.owner, x, y }],
      ),
    edges: Object.entries(edges).flatMap(([key, edge]) => placeEdge(key, edge, points)),
  };
}

interface Place extends Point {
  readonly member: Member;
  readonly column: number;
}

const sizeOf = ({ kind }: Member): number => (kind === 'pass' ? PASS_HEIGHT : NODE_HEIGHT);

const heightOf = (members: readonly Member[]): number =>
  members.reduce((sum, member) => sum + sizeOf(member), 0) + (members.length - 1) * ROW_GAP;

function placeColumn(members: readonly Member[], column: number, height: number): readonly Place[] {
  const x = MARGIN + column * (NODE_WIDTH + COLUMN_GAP);
  let top = (height - heightOf(members)) / 2;
  return members.map((member) => {
    const y = top;
    top += sizeOf(member) + ROW_GAP;
    return { member, column, x, y };
  });
}

function placeEdge(key: string, edge: EdgeState, places: ReadonlyMap<string, Place>): readonly PlacedEdge[] {
  const [from, to] = [places.get(edge.from), places.get(targetOf(edge))];
  if (!from || !to) return [];
  const passes = Array.from(places.values()).filter(
    ({ member, column }) => member.name === key && column > from.column && column < to.column,
  );
  const points = [
    { x: from.x + NODE_WIDTH, y: from.y + NODE_HEIGHT / 2 },
    ...passes.flatMap(({ x, y }) => [
      { x, y: y + PASS_HEIGHT / 2 },
      { x: x + NODE_WIDTH, y: y + PASS_HEIGHT / 2 },
    ]),
    // An edge that leads back ends at the right side, where there is room for it to turn.
    { x: to.column > from.column ? to.x : to.x + NODE_WIDTH, y: to.y + NODE_HEIGHT / 2 },
  ];
  return [{ key, edge, points }];
}

/** The path of an edge as SVG. */
export function pathOf({ points }: PlacedEdge): string {
  const [start, ...others] = points as [Point, ...Point[]];
  let before = start;
  return others.reduce((path, point) => {
    const { x, y } = before;
    before = point;
    const middle = point.x > x ? (x + point.x) / 2 : Math.max(x, point.x) + COLUMN_GAP / 2;
    return `${path}C${middle} ${y} ${middle} ${point.y} ${point.x} ${point.y}`;
  }, `M${start.x} ${start.y}`);
}

/** At which part of the curve its label stands. Many edges begin at the gateway and end at a store: there they are close together. */
const LABEL_AT: Readonly<Record<EdgeState['kind'], number>> = {
  client: 0.5,
  proxied: 0.64,
  call: 0.5,
  store: 0.36,
};

/** Where the label of an edge stands, above the line: where it passes other parts, or on the way to its end. */
export function labelOf({ points, edge }: PlacedEdge): Point {
  const isPassing = points.length > 2;
  const [before, after] = (isPassing ? points.slice(1, 3) : points) as [Point, Point];
  const t = isPassing ? 0.5 : LABEL_AT[edge.kind];
  // The curve of `pathOf`, whose control points are halfway between its ends.
  const across = t ** 3 + 1.5 * t * (1 - t);
  const down = t * t * (3 - 2 * t);
  return {
    x: before.x + (after.x - before.x) * across,
    y: before.y + (after.y - before.y) * down - 5,
  };
}
