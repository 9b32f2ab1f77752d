import { onPrograms } from '../process/on-programs.js';
import { startRedis, type TestRedis } from './start-redis.js';

/** Runs a suite with its own Redis server. */
export function withRedis(subject: string, suite: (server: () => TestRedis) => void): void {
  onPrograms(['redis-server'], subject, () => {
    let server: TestRedis | undefined;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server?.stop());
    suite(() => {
      if (!server) throw new Error('Redis has not been started');
      return server;
    });
  });
}
