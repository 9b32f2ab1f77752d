import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { boot } from '#service-kit';
import { gateway, localRegistryOf } from '#apps/gateway';
import {
  newApiKey,
  sha256Of,
} from '../../dist/apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { SERVICES } from './services.mjs';
import { familiesOf } from './exposition.mjs';

const PATIENCE_MS = 20_000;

const API_KEY = newApiKey();
const SAMPLE_POLICIES = `
version: 1
authentication:
  apiKey: { sample-keys: { keysFile: keys.yaml } }
  jwt: { sample-tokens: { issuer: sample, audiences: [sample], algorithms: [ES256], jwks: { file: jwks.json } } }
services:
  sample:
    access: { allow: [127.0.0.0/8] }
    auth: { anyOf: [sample-keys] }
    cache: { enabled: true }
    rateLimits: [{ name: sample, requests: 1000, per: 1s, shared: true }]
    traffic: { versions: [{ version: 1.0.0, weight: 1 }] }
    mirror: { to: { service: user-service } }
`;

/** Runs the whole system on free ports and returns what its apps say about themselves: OpenAPI documents and metrics. */
export async function describeSystem() {
  const data = mkdtempSync(join(tmpdir(), 'msa-gateway-docs-'));
  const ports = ['GATEWAY_PORT', ...SERVICES.map(({ portVariable }) => portVariable)];
  const env = {
    ...Object.fromEntries(ports.map((name) => [name, '0'])),
    GATEWAY_HOST: '127.0.0.1',
    DATA_DIR: data,
    LOG_LEVEL: 'ERROR',
    // Nothing listens there.
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    GATEWAY_CONFIG: join(data, 'gateway.yaml'),
    GATEWAY_CONFIG_MAX_CHANGED: '100%',
  };
  writeFileSync(env.GATEWAY_CONFIG, SAMPLE_POLICIES);
  writeFileSync(
    join(data, 'keys.yaml'),
    `version: 1\nkeys: [ { sha256: ${sha256Of(API_KEY)}, consumer: sample } ]\n`,
  );
  writeFileSync(join(data, 'jwks.json'), '{ "keys": [] }');
  const front = await boot(gateway, { env });
  const apps = [front];
  const samples = [await sampleInstance(), await sampleInstance()];
  try {
    const options = { env, registry: localRegistryOf(front), host: '127.0.0.1', exposesProcess: false };
    for (const { app } of SERVICES) apps.push(await boot(app, options));
    const documents = apps.map(async ({ name, url }) => [name, await json(`${url}/docs-json`)]);
    await sendSamples(front.url, samples);
    // A service with handlers has every metric of services.
    const withHandlers = apps.find(({ name }) => name === 'order-service');
    return {
      documents: Object.fromEntries(await Promise.all(documents)),
      metrics: { gateway: await completeMetrics(front.url), services: await metricsOf(withHandlers.url) },
    };
  } finally {
    for (const server of samples) server.close();
    for (const app of apps.toReversed()) await app.close();
    rmSync(data, { recursive: true, force: true });
  }
}

const json = async (url) => (await fetch(url)).json();

/** Of metrics that have no samples in this system, because it has no Redis. */
const LABELS = { events_group_lag_seconds: ['group'] };

/** The metrics that the project declares; those of the process are prom-client's. */
async function metricsOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return familiesOf(text)
    .filter(({ name }) => /^(gateway|http|events)_/.test(name))
    .map((family) => (family.name in LABELS ? { ...family, labels: LABELS[family.name] } : family));
}

/** An instance that is slow enough for a hedged attempt, and breaks the connection of `/broken`. */
async function sampleInstance() {
  const server = createServer((request, response) => {
    if (request.url === '/broken') request.socket.destroy();
    else setTimeout(() => response.end(), 50);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Registers instances whose policy uses every optional feature, and sends requests that touch every metric. */
async function sendSamples(gatewayUrl, servers) {
  const metadata = { 'gateway.hedge.after': '1', 'gateway.concurrency.adaptive': 'gradient' };
  for (const server of servers) {
    const url = `http://127.0.0.1:${server.address().port}`;
    const body = { name: 'sample', url, version: '1.0.0', metadata };
    await fetch(`${gatewayUrl}/discovery/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
  for (const path of ['/api/sample/', '/api/sample/broken', '/api/no-such-service'])
    await fetch(gatewayUrl + path, { headers: { 'x-api-key': API_KEY } });
}

/** The metrics of the gateway once every family has a sample, which shows its labels. */
async function completeMetrics(url) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const families = await metricsOf(url);
    const empty = families.filter(({ labels }) => labels === undefined).map(({ name }) => name);
    if (empty.length === 0) return families;
    if (Date.now() > deadline) throw new Error(`The sample requests did not touch: ${empty.join(', ')}`);
    await fetch(`${url}/api/sample/`, { headers: { 'x-api-key': API_KEY } });
    await sleep(50);
  }
}
