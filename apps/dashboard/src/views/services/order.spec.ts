import type { AttentionItem, AttentionKind, InstanceState, ServiceState } from '#contracts';
import { attentionByInstance, instancesByService, matchesFilter, servicesInOrder } from './order';

const service = (condition: ServiceState['condition']): ServiceState => ({ condition }) as ServiceState;

const instance = (service: string, condition: InstanceState['condition']): InstanceState =>
  ({
    service,
    condition,
    url: 'http://10.0.4.11:3002',
    version: '1.4.0',
    status: 'up',
    transport: 'http',
    statusReason: 'Health check passed',
  }) as InstanceState;

describe('the order of services and instances', () => {
  it('has the most serious condition first, then the name', () => {
    const services = { b: service('ok'), a: service('ok'), d: service('critical'), c: service('warning') };
    expect(servicesInOrder(services).map(([name]) => name)).toEqual(['d', 'c', 'a', 'b']);
  });

  it('groups instances by service', () => {
    const groups = instancesByService({
      'orders-1': instance('orders', 'ok'),
      'users-1': instance('users', 'ok'),
      'orders-2': instance('orders', 'critical'),
    });
    expect(groups.get('orders')?.map(([id]) => id)).toEqual(['orders-2', 'orders-1']);
    expect(groups.get('users')).toHaveLength(1);
  });

  it.each([
    ['', true],
    ['orders-1', true],
    ['10.0.4', true],
    ['UP 1.4', true],
    ['up 1.5', false],
  ])('filters by every word of "%s"', (filter, isMatch) => {
    expect(matchesFilter(['orders-1', instance('orders', 'ok')], filter)).toBe(isMatch);
  });
});

describe('what is said of an instance', () => {
  const item = (
    kind: AttentionKind,
    subject: string,
    values: AttentionItem['values'] = {},
  ): AttentionItem => ({
    ...{ kind, subject, values, service: 'orders', reason: '', since: '' },
    condition: kind.endsWith('-failing') ? 'critical' : 'warning',
  });
  const kindOf = (id: string, ...items: readonly AttentionItem[]): AttentionKind | undefined =>
    attentionByInstance(Object.fromEntries(items.map((each) => [each.kind, each]))).get(id)?.kind;

  it('is why it is out of rotation, before how it failed, and a fault that is injected before both', () => {
    const items = [item('instance-failing', 'a'), item('instance-ejected', 'a')];
    expect(kindOf('a', ...items)).toBe('instance-ejected');
    expect(kindOf('a', item('instance-fault', 'a'), ...items)).toBe('instance-fault');
  });

  it('is the item about its service, if it is its only instance', () => {
    expect(kindOf('a', item('service-failing', 'orders', { only: 'a' }))).toBe('service-failing');
    expect(kindOf('a', item('service-failing', 'orders', { at: 'a' }))).toBeUndefined();
  });
});
