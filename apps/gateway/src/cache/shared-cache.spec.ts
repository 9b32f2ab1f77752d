import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppContext } from '#service-kit';
import { tempDir } from '#testing';
import { readGatewayConfig } from '../config/gateway.config.js';
import { LivePolicyFile, PolicySources } from '../policy/index.js';
import { SharedCache } from './shared-cache.js';
import type { StoredResponse } from './stored-response.js';

const stored = (service: string): StoredResponse => ({
  ...{ service, path: '/', status: 200, lines: '', body: Buffer.alloc(0), vary: [], variant: '', tags: [] },
  ...{ receivedAt: 0, initialAge: 0, lifetime: 60_000, staleWhileRevalidate: 0, staleIfError: 0 },
  ...{ needsValidation: false, forbidsStale: false, isShareable: false },
  ...{ etag: undefined, lastModified: undefined },
});

describe('The cache of a gateway', () => {
  const folder = tempDir('shared-cache-');
  afterAll(() => folder.remove());
  const path = join(folder.path, 'gateway.yaml');
  const write = (services: string): void => writeFileSync(path, `version: 1\nservices: { ${services} }\n`);

  it('has no responses of a service from before its cache was switched off', async () => {
    const enabled = 'cache: { enabled: true }';
    write(`users: { ${enabled} }, orders: { ${enabled} }`);
    const file = LivePolicyFile.load(path);
    const cache = new SharedCache(readGatewayConfig({}), {} as AppContext).follow(new PolicySources(file));
    const { responses } = cache;
    for (const service of ['users', 'orders'])
      responses.store(responses.fills.begin(service, '/', undefined), service, stored(service));
    write(`users: { ${enabled} }`);
    await file.reload();
    expect(['users', 'orders'].map((service) => responses.countAt(service, '/'))).toEqual([1, 0]);
  });
});
