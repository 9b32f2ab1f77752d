import { PathRewrite } from '../../http1/rules/path-rewrite.js';
import { EditableFields } from '../../http1/head/editable-fields.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { instanceOf } from '../../testing/instances.js';
import { RewriteStage } from './rewrite.stage.js';

const OWN = '127.0.0.1:1';

describe('The rewrite stage', () => {
  const path = new PathRewrite({ path: '/orders', isExact: false }, '/v2');

  it.each([
    [path, undefined, 'shop.example', '/v2/7?x', OWN],
    [path, 'instance', 'shop.example', '/v2/7?x', OWN],
    [undefined, 'preserve', 'shop.example', '/orders/7?x', 'shop.example'],
    [undefined, 'preserve', undefined, '/orders/7?x', OWN],
    [undefined, 'orders.internal:8080', 'shop.example', '/orders/7?x', 'orders.internal:8080'],
  ])(
    'with the path %j and the host %s edits a request to %s',
    (rewrite, host, sent, target, upstreamHost) => {
      const stage = new RewriteStage(rewrite, host);
      const exchange = Object.assign(new FakeExchange(), { host: sent });
      const instance = instanceOf({ id: 'a' });
      const request = { instance, target: '/orders/7?x', host: OWN, fields: new EditableFields('') };
      stage.upstreamRequest(exchange, request);
      expect([request.target, request.host]).toEqual([target, upstreamHost]);
      expect(
        stage.preview({
          method: 'GET',
          target: '/api/s/orders/7?x',
          upstreamTarget: '/orders/7?x',
          clientAddress: undefined,
          identity: undefined,
          header: () => undefined,
        }).detail,
      ).toContain(target);
    },
  );
});
