import type { EdgeState } from '#contracts';
import { labelOf, layoutOf, NODE_HEIGHT, NODE_WIDTH, pathOf, type Layout } from './layout';

const edge = (kind: EdgeState['kind'], from: string, to: string): EdgeState => ({
  ...{ kind, from, to },
  requestsPerSecond: 1,
  errorRate: 0,
});

const edgesOf = (...edges: readonly EdgeState[]): Readonly<Record<string, EdgeState>> =>
  Object.fromEntries(edges.map((each) => [`${each.from} ${each.to}`, each]));

const columnOf = (layout: Layout, name: string): number =>
  layout.nodes.find((node) => node.name === name)?.x ?? NaN;

const SHOP = edgesOf(
  edge('client', 'client', 'gateway'),
  edge('proxied', 'gateway', 'orders'),
  edge('proxied', 'gateway', 'users'),
  edge('proxied', 'gateway', 'products'),
  edge('call', 'orders', 'users'),
  edge('call', 'orders', 'products'),
  edge('store', 'orders', 'postgresql'),
  edge('store', 'users', 'postgresql'),
);

describe('layoutOf', () => {
  it('places services after their callers, and stores last', () => {
    const layout = layoutOf(['users', 'orders', 'products'], SHOP);
    const order = ['client', 'gateway', 'orders', 'users', 'postgresql'].map((name) =>
      columnOf(layout, name),
    );
    expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    expect(layout.edges).toHaveLength(8);
  });

  it('leads no edge through a node', () => {
    const { nodes, edges } = layoutOf(['users', 'orders', 'products'], SHOP);
    for (const { points } of edges)
      for (const { x, y } of points.slice(1, -1))
        expect(
          nodes.filter(
            (node) => x >= node.x && x <= node.x + NODE_WIDTH && y > node.y && y < node.y + NODE_HEIGHT,
          ),
        ).toEqual([]);
    const passing = edges.find(({ key }) => key === 'gateway users');
    expect(passing?.points).toHaveLength(4);
  });

  it('keeps the labels of edges that share an end apart', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const proxied = names.map((name) => edge('proxied', 'gateway', name));
    const stores = names.map((name) => edge('store', name, 'sqlite'));
    const { edges } = layoutOf(names, edgesOf(...proxied, ...stores));
    for (const kind of ['proxied', 'store']) {
      const labels = edges.filter((placed) => placed.edge.kind === kind).map(labelOf);
      const heights = labels.map(({ y }) => y).sort((a, b) => a - b);
      for (const [i, y] of heights.slice(1).entries()) expect(y - heights[i]!).toBeGreaterThan(NODE_HEIGHT);
    }
  });

  it('places one embedded store for each service, and one server for all that use it', () => {
    const names = ['orders', 'users'];
    const stores = names.flatMap((name) => [
      edge('store', name, 'sqlite'),
      edge('store', name, 'postgresql'),
    ]);
    const layout = layoutOf(names, edgesOf(...stores));
    const placed = layout.nodes.filter(({ kind }) => kind === 'store');
    expect(placed.map(({ name, owner }) => [name, owner]).sort()).toEqual([
      ['postgresql', undefined],
      ['sqlite', 'orders'],
      ['sqlite', 'users'],
    ]);
    const endOf = (key: string): number | undefined =>
      layout.edges.find((each) => each.key === key)?.points.at(-1)?.y;
    expect(endOf('orders sqlite')).not.toBe(endOf('users sqlite'));
    expect(endOf('orders postgresql')).toBe(endOf('users postgresql'));
  });

  it('places services that call each other', () => {
    const circle = edgesOf(edge('call', 'a', 'b'), edge('call', 'b', 'c'), edge('call', 'c', 'a'));
    const layout = layoutOf(['a', 'b', 'c'], circle);
    expect(layout.nodes).toHaveLength(5);
    for (const each of layout.edges) expect(pathOf(each)).not.toContain('NaN');
  });

  it('keeps every node inside the picture', () => {
    const names = Array.from({ length: 30 }, (_, i) => `service-${i}`);
    const { nodes, width, height } = layoutOf(names, edgesOf(edge('call', 'service-3', 'service-4')));
    expect(nodes).toHaveLength(32);
    for (const { x, y } of nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + NODE_WIDTH).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + NODE_HEIGHT).toBeLessThanOrEqual(height);
    }
  });
});
