import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, TestIssuer, waitFor } from '#testing';
import { LivePolicyFile } from '../../../policy/live-policy-file.js';
import { newApiKey, sha256Of } from './api-key/api-key.js';
import type { Verdict } from './authenticator.js';
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
    await file.reload();
    expect(providers.get('other')).toBe(other);
    expect(providers.get('corp')).not.toBe(corp);
    // The keys are kept: they come from the same place.
    expect([await accepts('corp'), issuer.fetches]).toEqual(['accepted', 2]);
  });

  it('keep keys when only the time changes after which they are fetched again', async () => {
    issuer.respond = (_request, response) => response.destroy();
    write(issuer.provider().replace('jwks.json"', 'jwks.json", refresh: 5m'));
    await file.reload();
    expect([await accepts('corp'), issuer.fetches]).toEqual(['accepted', 2]);
  });

  it('keep API keys, and their last use, when the field of the consumer changes', async () => {
    const keysFile = join(folder.path, 'keys.yaml');
    const key = newApiKey();
    writeFileSync(keysFile, `version: 1\nkeys: [{ sha256: ${sha256Of(key)}, consumer: acme }]\n`);
    const start = async (field: string): Promise<void> => {
      writeFileSync(
        path,
        `version: 1\nauthentication: { apiKey: { p: { keysFile: keys.yaml, consumerHeader: ${field} } } }\n`,
      );
      await file.reload();
    };
    const verdict = () => providers.get('p').authenticate({ header: () => key }) as Verdict;
    await start('x-a');
    const accepted = verdict();
    if (accepted.kind === 'accepted') providers.get('p').recordUse?.(accepted.identity);
    writeFileSync(keysFile, 'version: 1\nkeys: {}\n');
    await start('x-b');
    expect(verdict()).toMatchObject({
      kind: 'accepted',
      identity: { fields: new Map([['x-b', 'acme']]), lastUsedAt: expect.any(Number) as number },
    });
  });

  describe('state callers without a field of the caller by an empty field for scopes', () => {
    const key = newApiKey();
    const start = async (members: string): Promise<void> => {
      writeFileSync(
        join(folder.path, 'keys.yaml'),
        `version: 1\nkeys: [{ sha256: ${sha256Of(key)}, consumer: acme, scopes: [a] }]\n`,
      );
      writeFileSync(
        path,
        `version: 1
authentication:
  jwt: { corp: ${issuer.provider(members)} }
  apiKey: { programs: { keysFile: keys.yaml } }
`,
      );
      await file.reload();
    };
    const fieldsOf = async (name: string, credential: string): Promise<unknown> => {
      const verdict = await providers.get(name).authenticate({ header: () => credential });
      return verdict.kind === 'accepted' ? Object.fromEntries(verdict.identity.fields) : verdict;
    };

    it('as soon as another provider sets one', async () => {
      await start(', claimToHeaders: { sub: x-subject }');
      expect(await fieldsOf('programs', key)).toEqual({});
      await start(', claimToHeaders: { sub: x-user-id }');
      expect(await fieldsOf('programs', key)).toEqual({ 'x-scopes': '' });
    });

    it('and tokens without the claim, and not others', async () => {
      await start(', claimToHeaders: { user: x-user-id, level: x-level }');
      const token = (claims: object) => `Bearer ${issuer.token({ ...claims })}`;
      expect(await fieldsOf('corp', token({ level: 3 }))).toEqual({ 'x-level': '3', 'x-scopes': '' });
      expect(await fieldsOf('corp', token({ user: 'ann' }))).toEqual({ 'x-user-id': 'ann' });
    });
  });

  it('fetch other keys when the place changes', async () => {
    write(issuer.provider().replace('jwks.json', 'new.json'));
    await file.reload();
    expect([await accepts('corp'), issuer.fetches]).toEqual(['accepted', 3]);
  });

  it('are closed when their provider is removed, and new when it is restored', async () => {
    const removed = providers.get('corp');
    writeFileSync(path, 'version: 1\n');
    await file.reload();
    expect(providers.states).toEqual([]);
    expect(await accepts('corp')).toBe('unavailable');
    write(issuer.provider());
    await file.reload();
    expect(providers.get('corp')).not.toBe(removed);
    expect(await accepts('corp')).toBe('accepted');
  });

  it('refuse for a provider that does not exist', async () => {
    expect(await providers.get('none').authenticate({ header: () => undefined })).toMatchObject({
      kind: 'unavailable',
    });
  });
});
