import type { TrafficPolicy } from '../../../policy/members/traffic.js';
import { DEFAULT_POLICY } from '../../../policy/policy.js';
import type { Identity } from '../../exchange/exchange-state.js';
import type { Preview, PreviewRequest } from '../../exchange/stage.js';
import { editReply, editResponse } from '../../pipeline/phases.js';
import { noneHealthy } from '../../forward/failure-problem.js';
import { compileRoute } from '../../routing/compile-route.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { instanceOf, setInstances, tableOf } from '../../testing/instances.js';

const [V1, V2] = ['1.0.0', '2.0.0'].map((version) => instanceOf({ id: version, version }));

function stageOf(cohort: TrafficPolicy['cohort'], weights: Readonly<Record<string, number>>) {
  const services = tableOf(V1!, V2!);
  const versions = Object.entries(weights).map(([version, weight]) => ({ version, weight }));
  const route = compileRoute(
    'users',
    { ...DEFAULT_POLICY, traffic: { versions, cohort } },
    {
      availableOf: (service) => services.current.get(service)?.available ?? [],
      onStageError: (error) => {
        throw error;
      },
    },
  );
  const stage = route.phases.stages.find(({ name }) => name === 'version')!;
  const send = (fields: Record<string, string> = {}, known: Partial<FakeExchange> = {}): FakeExchange => {
    const exchange = Object.assign(new FakeExchange('GET', '/api/users/1', fields), { route }, known);
    expect(stage.request!(exchange)).toBeUndefined();
    return exchange;
  };
  return { services, stage, send };
}

const HALVES = { '1.0.0': 50, '2.0.0': 50 };
const TENANTS = Array.from({ length: 64 }, (_, i) => `tenant-${i}`);

const fieldsFor = (exchange: FakeExchange): string =>
  editResponse(exchange, { status: 200, isOwn: false, isDeclined: false }, '', '') ?? '';

describe('VersionStage', () => {
  it('divides cohorts by a header field', () => {
    const { send } = stageOf({ from: 'header', name: 'x-tenant' }, HALVES);
    const versions = TENANTS.map((tenant) => send({ 'x-tenant': tenant }).version);
    expect(new Set(versions)).toEqual(new Set(['1.0.0', '2.0.0']));
    expect(TENANTS.map((tenant) => send({ 'x-tenant': tenant }).version)).toEqual(versions);
  });

  it('divides cohorts by consumer, and those without one by client address', () => {
    const { send } = stageOf({ from: 'consumer' }, HALVES);
    const versionOf = (consumer: string): string | undefined => {
      const identity: Identity = { consumer, provider: 'a', scopes: [], claims: {}, fields: new Map() };
      return send({}, { identity }).version;
    };
    expect(new Set(TENANTS.map(versionOf))).toEqual(new Set(['1.0.0', '2.0.0']));
    const { version } = send();
    expect([versionOf(''), versionOf('10.0.0.1')]).toEqual([version, version]);
  });

  it('keeps a network of IPv6 clients on one version', () => {
    const { send } = stageOf({ from: 'client' }, HALVES);
    const versionOf = (clientAddress: string): string | undefined => send({}, { clientAddress }).version;
    for (let net = 0; net < 16; net += 1)
      expect(versionOf(`2001:db8:0:${net}::1`)).toBe(versionOf(`2001:db8:0:${net}:ffff::2`));
    expect(new Set(TENANTS.map((_, i) => versionOf(`2001:db8:0:${i}::1`))).size).toBe(2);
  });

  it('gives a client without a cookie one of random content, and keeps it', () => {
    const { send } = stageOf({ from: 'cookie' }, HALVES);
    const SET = /^set-cookie: (cohort-users=[\w-]{22}); Path=\/; HttpOnly; SameSite=Lax\r\n$/;
    const versions = TENANTS.map(() => {
      const first = send();
      const [, cookie = ''] = SET.exec(fieldsFor(first))!;
      const next = send({ cookie: `theme=dark; ${cookie}` });
      expect([next.version, fieldsFor(next)]).toEqual([first.version, '']);
      return first.version;
    });
    expect(new Set(versions).size).toBe(2);
  });

  it.each(['cohort-users=', 'cohort-users=2.0.0', `cohort-users=${'a'.repeat(23)}`, 'xcohort-users=a'])(
    'replaces the cookie "%s", which the gateway has not set',
    (cookie) => {
      const { send } = stageOf({ from: 'cookie' }, HALVES);
      const versions = TENANTS.map(() => send({ cookie }));
      expect(new Set(versions.map(({ version }) => version)).size).toBe(2);
      expect(fieldsFor(versions[0]!)).toContain('set-cookie: cohort-users=');
    },
  );

  it('sends the cookie with a problem, too', () => {
    const { send } = stageOf({ from: 'cookie' }, HALVES);
    expect(editReply(send(), noneHealthy())[1]).toContain('set-cookie: cohort-users=');
  });

  it('moves cohorts of a version without instances, and returns them; explain says so', async () => {
    const { services, stage, send } = stageOf({ from: 'header', name: 'x-tenant' }, HALVES);
    const versions = TENANTS.map((tenant) => send({ 'x-tenant': tenant }).version);
    const tenant = TENANTS[versions.indexOf('2.0.0')]!;
    const previewNow = async () =>
      (
        await stage.preview!({
          ...{ method: 'GET', target: '/', upstreamTarget: '/', clientAddress: undefined },
          ...{ identity: undefined, header: (name: string) => (name === 'x-tenant' ? tenant : undefined) },
        })
      ).detail;
    expect(await previewNow()).toBe('version 2.0.0 (weight 50 of 100) by header x-tenant');
    setInstances(services, [V1!, { ...V2!, status: 'down' }]);
    expect(new Set(TENANTS.map((each) => send({ 'x-tenant': each }).version))).toEqual(new Set(['1.0.0']));
    expect(await previewNow()).toBe(
      'version 1.0.0 (weight 50 of 100) by header x-tenant; 2.0.0 has no available instance',
    );
    setInstances(services, [V1!, V2!]);
    expect(TENANTS.map((each) => send({ 'x-tenant': each }).version)).toEqual(versions);
  });

  it('is not explained without the client address, if that decides', () => {
    const previewOf = (weights: Readonly<Record<string, number>>, clientAddress?: string) => {
      const request: PreviewRequest = {
        ...{ method: 'GET', target: '/', upstreamTarget: '/', clientAddress },
        ...{ identity: undefined, header: () => undefined },
      };
      const preview = stageOf({ from: 'client' }, weights).stage.preview!(request) as Preview;
      return [request.version, preview.detail];
    };
    expect(previewOf(HALVES)).toEqual([
      undefined,
      'the version depends on the client address, which is not stated',
    ]);
    expect(previewOf({ '2.0.0': 7 })).toEqual(['2.0.0', 'version 2.0.0 (weight 7 of 7)']);
    const { send } = stageOf({ from: 'client' }, HALVES);
    const [version, detail] = previewOf(HALVES, '10.0.0.1');
    expect([version, detail]).toEqual([
      send().version,
      `version ${version} (weight 50 of 100) by client address`,
    ]);
  });

  it('names the version of a cohort also while no instance is there', () => {
    const { services, send } = stageOf({ from: 'client' }, { '2.0.0': 1 });
    setInstances(services, [V1!]);
    expect(send().version).toBe('2.0.0');
  });
});
