import { askRedis, freePort, onPrograms, startRedis, startSentinels, type RedisGroup } from '#testing';
import { redisLocationOf, type RedisLocation } from '../config/redis-location.js';
import { locateServer } from './locate-server.js';
import { isRefusal } from './redis-failure.js';

const locate = (url: string) => locateServer(redisLocationOf(url) as RedisLocation, 'key');

const failureOf = (url: string): Promise<unknown> =>
  locate(url).then(
    () => undefined,
    (error: unknown) => error,
  );

onPrograms(['redis-server'], 'the location of a Redis server', () => {
  let group: RedisGroup;
  let port: number;

  beforeAll(async () => {
    group = await startSentinels();
    port = Number(/:(\d+)/.exec(group.url)![1]);
  });
  afterAll(() => group.stop());

  it('is what Sentinels say, also if one of them is down', async () => {
    const closed = await freePort();
    const at = await locate(group.url);
    expect(await askRedis(at.port, 'ROLE')).toContain('master');
    expect(await locate(`redis+sentinel://127.0.0.1:${closed},127.0.0.1:${port}/main/1`)).toEqual(at);
  });

  it('is refused for a master that no Sentinel knows, but not while one might come back', async () => {
    const unknown = await failureOf(`redis+sentinel://127.0.0.1:${port}/other`);
    expect(String(unknown)).toContain('ERR no such master: the Sentinels do not know "other"');
    expect(isRefusal(unknown)).toBe(true);
    const closed = await freePort();
    const partly = await failureOf(`redis+sentinel://127.0.0.1:${port},127.0.0.1:${closed}/other`);
    expect(partly).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is told by a Sentinel that requires the password of the server', async () => {
    await askRedis(port, 'ACL SETUSER default resetpass >50%');
    const [own, wrong] = ['50%25', 'wrong'].map(
      (password) => `redis+sentinel://:${password}@127.0.0.1:${port}/main`,
    );
    expect(await locate(own!)).toMatchObject({ host: '127.0.0.1' });
    expect(isRefusal(await failureOf(wrong!))).toBe(true);
    expect(isRefusal(await failureOf(`redis+sentinel://127.0.0.1:${port}/main`))).toBe(true);
  });

  it('is refused for a server that is not part of a cluster', async () => {
    const server = await startRedis();
    expect(isRefusal(await failureOf(`redis+cluster://127.0.0.1:${server.port}`))).toBe(true);
    await server.stop();
  });
});
