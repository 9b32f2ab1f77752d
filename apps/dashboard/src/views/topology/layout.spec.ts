import type { EdgeState } from '#contracts';
import { layoutOf, pathOf } from './layout';

const edge = (kind: EdgeState['kind'], from: string, to: string): EdgeState => ({
  ...{ kind, from, to },
  requestsPerSecond: 1,
  errorRate: 0,
});

const edgesOf = (...edges: readonly EdgeState[]): Readonly<Record<string, EdgeState>> =>
  Object.fromEntries(edges.map((each) => [`${each.from} ${each.to}`, each]));

const columnOf = (layout: ReturnType<typeof layoutOf>, name: string): number =>
  layout.nodes.find((node) => node.name === name)?.x ?? NaN;

const SHOP = edgesOf(
  edge('client', 'client', 'gateway'),
  edge('proxied', 'gateway', 'orders'),
  edge('proxied', 'gateway', 'users'),
  edge('call', 'orders', 'users'),
  edge('store', 'orders', 'postgresql'),
);

describe('layoutOf', () => {
  it('places services after their callers, and stores last', () => {
    const layout = layoutOf(['users', 'orders'], SHOP);
    const order = ['client', 'gateway', 'orders', 'users', 'postgresql'].map((name) =>
      columnOf(layout, name),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(5);
    expect(layout.edges).toHaveLength(5);
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
      expect(x).toBeLessThan(width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(height);
    }
  });
});
