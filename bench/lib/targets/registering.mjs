import { Agent, request } from 'node:http';
import { until } from '../network.mjs';

const AT_ONCE = 32;

function call(agent, method, url, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(url, { agent, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text })).on('error', reject);
    });
    outgoing.on('error', reject).end(body && JSON.stringify(body));
  });
}

async function register(agent, url, body) {
  const { status, text } = await call(agent, 'POST', `${url}/discovery/register`, body);
  if (status !== 200 && status !== 201) throw new Error(`registration returned ${status}: ${text}`);
}

const bodyOf = (index, { addresses, port }) => ({
  name: 'bench',
  id: `bench-${index}`,
  url: `http://${addresses[index % addresses.length]}:${port}`,
  ttlSeconds: 300,
  healthPath: '/health/ready',
});

async function isUp(agent, url, count) {
  const { text } = await call(agent, 'GET', `${url}/discovery/services?name=bench&status=up`);
  return JSON.parse(text).length === count;
}

/** Registers `count` instances of the upstream, as services do, and waits until all are up. */
export async function registerAll(url, upstream, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const bodies = Array.from({ length: count }, (_, index) => bodyOf(index, upstream));
    await Promise.all(bodies.map((body) => register(agent, url, body)));
    await until(() => isUp(agent, url, count), `${count} instances to be up`);
  } finally {
    agent.destroy();
  }
}
