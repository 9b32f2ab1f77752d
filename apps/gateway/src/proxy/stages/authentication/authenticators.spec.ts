import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, TestIssuer, waitFor } from '#testing';
import { LivePolicyFile } from '../../../policy/live-policy-file.js';
import { Authenticators } from './authenticators.js';

const folder = tempDir('authenticators-');
const path = join(folder.path, 'gateway.yaml');
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;
let issuer: TestIssuer;
let providers: Authenticators;
let file: LivePolicyFile;

const write = (corp: string): void =>
  writeFileSync(
    path,
    `version: 1\nauthentication:\n  jwt:\n    corp: ${corp}\n    other: ${issuer.provider()}\n`,
  );

beforeEach(async () => {
  issuer = await TestIssuer.start();
  write(issuer.provider());
  file = LivePolicyFile.load(path);
  providers = new Authenticators(file, logger);
  providers.onModuleInit();
  await waitFor('the keys', () => providers.states.every(({ isAvailable }) => isAvailable));
});
afterEach(async () => {
  providers.onModuleDestroy();
  await issuer.close();
});
afterAll(() => folder.remove());

const accepts = async (name: string): Promise<string> => {
  const request = { header: () => `Bearer ${issuer.token()}` };
  return (await providers.get(name).authenticate(request)).kind;
};

describe('The authenticators of a policy file', () => {
  it('are kept over a reload while their provider is the same, and replaced otherwise', async () => {
    const [corp, other] = [providers.get('corp'), providers.get('other')];
    write(issuer.provider(', clockSkew: 1s'));
    file.reload();
    expect(providers.get('other')).toBe(other);
    expect(providers.get('corp')).not.toBe(corp);
    // The keys are kept: they come from the same place.
    expect([await accepts('corp'), issuer.fetches]).toEqual(['accepted', 2]);
  });

  it('fetch other keys when the place changes', async () => {
    write(issuer.provider().replace('jwks.json', 'new.json'));
    file.reload();
    expect([await accepts('corp'), issuer.fetches]).toEqual(['accepted', 3]);
  });

  it('are closed when their provider is removed, and new when it is restored', async () => {
    const removed = providers.get('corp');
    writeFileSync(path, 'version: 1\n');
    file.reload();
    expect(providers.states).toEqual([]);
    expect(await accepts('corp')).toBe('unavailable');
    write(issuer.provider());
    file.reload();
    expect(providers.get('corp')).not.toBe(removed);
    expect(await accepts('corp')).toBe('accepted');
  });

  it('refuse for a provider that does not exist', async () => {
    expect(await providers.get('none').authenticate({ header: () => undefined })).toMatchObject({
      kind: 'unavailable',
    });
  });
});
