import { FakeExchange } from '../../testing/fake-exchange.js';
import { AccessStage } from './access.stage.js';

class Client extends FakeExchange {
  constructor(override readonly clientAddress: string) {
    super();
  }
}

const countsOf = () => {
  const refused: string[] = [];
  return {
    allowed: 0,
    shadow: 0,
    refused: { add: (reason: string) => void refused.push(reason) },
    reasons: refused,
  };
};

describe('The access stage', () => {
  it.each([
    [{ allow: ['10.0.0.0/8', '2001:db8::/32'], deny: ['10.1.0.0/16'] }, '10.2.3.4', undefined],
    [{ allow: ['10.0.0.0/8', '2001:db8::/32'], deny: ['10.1.0.0/16'] }, '10.1.3.4', 'denied'],
    [{ allow: ['10.0.0.0/8', '2001:db8::/32'], deny: undefined }, '2001:db8::1', undefined],
    [{ allow: ['10.0.0.0/8'], deny: undefined }, '::ffff:10.0.0.1', undefined],
    [{ allow: ['10.0.0.0/8'], deny: undefined }, '11.0.0.1', 'not allowed'],
    [{ allow: ['10.0.0.0/8'], deny: undefined }, '', 'not allowed'],
    [{ allow: undefined, deny: ['::1'] }, '::1', 'denied'],
    [{ allow: undefined, deny: ['::1'] }, '127.0.0.1', undefined],
  ])('with %j says of %j: %s', (policy, address, refusal) => {
    const counts = countsOf();
    const exchange = new Client(address);
    const stage = new AccessStage(policy, counts);
    const problem = stage.request(exchange);
    expect([problem?.status, problem?.code]).toEqual(
      refusal ? [403, 'access-denied'] : [undefined, undefined],
    );
    expect([counts.allowed, counts.reasons]).toEqual(refusal ? [0, [refusal]] : [1, []]);
    expect(exchange.refusal).toBe(refusal && `access: the address is ${refusal}`);
    expect(stage.preview(exchange).decision).toBe(refusal ? 'respond' : 'continue');
  });
});
