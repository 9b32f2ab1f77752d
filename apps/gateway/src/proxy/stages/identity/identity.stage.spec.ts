import { FakeExchange } from '../../testing/fake-exchange.js';
import { EditableFields } from '../../http1/head/editable-fields.js';
import { IdentityStage } from './identity.stage.js';

const stage = new IdentityStage(['x-user-id', 'x_level']);

describe('The identity stage', () => {
  it.each(['x-user-id', 'x_user_id', 'x-user_id', 'x.user-id', 'x-level', 'x_level'])(
    'withholds %s from instances',
    (name) => {
      expect(stage.withheld.has(name)).toBe(true);
    },
  );

  it.each(['x-user-id2', 'x-user', 'xuser-id', 'x-other-id', 'x--user-id'])('passes %s', (name) => {
    expect(stage.withheld.has(name)).toBe(false);
  });

  it('adds the fields of the identity, if there is one', () => {
    const linesFor = (identity: FakeExchange['identity']): string => {
      const exchange = Object.assign(new FakeExchange(), { identity });
      const fields = new EditableFields('accept: */*\r\n');
      stage.upstreamRequest(exchange, { fields } as never);
      return fields.toString();
    };
    expect(linesFor(undefined)).toBe('accept: */*\r\n');
    const fields = new Map([['x-user-id', 'alice']]);
    expect(linesFor({ consumer: 'alice', provider: 'p', scopes: [], claims: {}, fields })).toBe(
      'accept: */*\r\nx-user-id: alice\r\n',
    );
  });
});
