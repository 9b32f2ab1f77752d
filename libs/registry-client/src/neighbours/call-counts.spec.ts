import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MAX_REPORTED_CALLS, type InstanceView } from '#contracts';
import { CallCounts } from './call-counts.js';
import { Neighbours } from './neighbours.js';

describe('CallCounts', () => {
  it('counts each call of a neighbour once, and the failed ones', async () => {
    const statuses = [200, 404, 500, 503];
    const server = createServer((_request, response) => response.writeHead(statuses.shift() ?? 200).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const instances = () => Promise.resolve([{ id: 'a', url, status: 'up', weight: 100 } as InstanceView]);
    const counts = new CallCounts();
    const neighbours = new Neighbours({ instances }, counts);
    try {
      for (let i = 0; i < 4; i += 1)
        await neighbours.call({ service: 'users', method: 'POST', path: '/' }).catch(() => undefined);
      expect(counts.totals).toEqual([{ to: 'users', kind: 'call', total: 4, failed: 2 }]);
    } finally {
      await neighbours.close();
      server.close().closeAllConnections();
    }
  });

  it('reports a limited number of targets', () => {
    const counts = new CallCounts();
    for (let i = 0; i <= MAX_REPORTED_CALLS; i += 1) counts.add(`service-${i}`, 'call', false);
    counts.add('service-0', 'call', true);
    expect(counts.totals).toHaveLength(MAX_REPORTED_CALLS);
    expect(counts.totals[0]).toMatchObject({ total: 2, failed: 1 });
  });
});
