import { responsibleGateway } from './responsible-gateway.js';

const gateways = ['0193a7c0-one', '0193a7c0-two', '0193a7c0-three'];
const ids = Array.from({ length: 3000 }, (_, i) => `user-service-${i}`);
const sharesOf = (among: readonly string[]) =>
  among.map((gateway) => ids.filter((id) => responsibleGateway(id, among) === gateway).length);

describe('responsibleGateway', () => {
  it('divides instances evenly', () => {
    for (const share of sharesOf(gateways)) expect(share / ids.length).toBeCloseTo(1 / 3, 1);
  });

  it('selects the same gateway for every order of the gateways', () => {
    for (const id of ids)
      expect(responsibleGateway(id, [...gateways].reverse())).toBe(responsibleGateway(id, gateways));
  });

  it('moves only the instances of a gateway that leaves', () => {
    const rest = gateways.slice(1);
    for (const id of ids) {
      const before = responsibleGateway(id, gateways);
      if (before !== gateways[0]) expect(responsibleGateway(id, rest)).toBe(before);
    }
  });

  it('returns undefined if there are no gateways', () => {
    expect(responsibleGateway('a', [])).toBeUndefined();
  });
});
