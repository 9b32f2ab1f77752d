import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onEveryKind } from './support/harness.js';
import { bodyOf, exchange } from './support/exchange.js';

const KB = 1024;
/** Sizes around and above the limits at which a connection of the gateway changes how it reads and writes. */
const SIZES = [200_000, 0, 64 * KB, 1, 16 * KB - 1, 16 * KB, 40_000, 1024, 1025, 0, 9_000, 130_000];
const ROUNDS = 6;
const CLIENTS = 4;
/** Exceeds the system buffers between the client and the service. */
const LARGE = 24 * KB * KB;

/** Ignores an aborted health check, which may time out when the machine stalls. */
const hasLeft = (): void => undefined;
const fingerprint = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

onEveryKind('bodies of all sizes on one keep-alive connection', (harness) => {
  /** Responds with the body of the request and its fingerprint. */
  const echo = (): void => {
    harness().service.handler = (request, response) => {
      void bodyOf(request).then((body) => {
        response.setHeader('x-fingerprint', fingerprint(body));
        response.end(body);
      }, hasLeft);
    };
  };

  /** Sends bodies with `method` one by one over a single connection. */
  const converse = async (method: string): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < SIZES.length * ROUNDS; i += 1) {
      const body = randomBytes(SIZES[i % SIZES.length] as number);
      const response = await exchange(`${harness().url}/${i}`, { method, body, agent });
      expect([response.status, response.headers['x-fingerprint']]).toEqual([200, fingerprint(body)]);
      expect(response.body.equals(body)).toBe(true);
    }
    agent.destroy();
  };

  // For a retry the gateway buffers the body of a PUT, up to a limit, but not that of a POST.
  it.each(['POST', 'PUT'])('are forwarded byte for byte in both directions (%s)', async (method) => {
    echo();
    await Promise.all(Array.from({ length: CLIENTS }, () => converse(method)));
  });

  it.each(['POST', 'PUT'])('are forwarded unchanged to a service that reads slowly (%s)', async (method) => {
    harness().service.handler = (request, response) => {
      void sleep(300)
        .then(() => bodyOf(request))
        .then((body) => response.end(fingerprint(body)), hasLeft);
    };
    const body = randomBytes(LARGE);
    const responses = Array.from({ length: 2 }, () => exchange(`${harness().url}/slow`, { method, body }));
    for (const response of await Promise.all(responses)) expect(response.text).toBe(fingerprint(body));
  });
});
