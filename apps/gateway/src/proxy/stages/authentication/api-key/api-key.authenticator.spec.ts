import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, waitFor } from '#testing';
import type { Verdict } from '../authenticator.js';
import { apiKeyFamilies } from './api-key-families.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import { newApiKey, sha256Of } from './api-key.js';

const folder = tempDir('api-keys-');
afterAll(() => folder.remove());

const KEY = newApiKey();
const SECOND = newApiKey();

const entryOf = (key: string, members = ''): string =>
  `  - { sha256: ${sha256Of(key)}, consumer: acme${members} }\n`;
const fileOf = (...entries: readonly string[]): string =>
  entries.length > 0 ? `version: 1\nkeys:\n${entries.join('')}` : 'version: 1\nkeys: []\n';

/** An authenticator with a keys file of its own, and what it logs. */
class Provider {
  static count = 0;
  readonly path = join(folder.path, `keys-${(Provider.count += 1)}.yaml`);
  readonly logged: string[] = [];
  now = Date.UTC(2030, 0, 1);
  private running: ApiKeyAuthenticator | undefined;

  constructor(text?: string) {
    if (text !== undefined) writeFileSync(this.path, text);
  }

  get authenticator(): ApiKeyAuthenticator {
    const log = (_fields: object, message: string): void => void this.logged.push(message);
    return (this.running ??= new ApiKeyAuthenticator(
      'partners',
      { header: 'x-api-key', keysFile: 'unused', consumerHeader: 'x-consumer', scopesHeader: 'x-scopes' },
      this.path,
      { logger: { error: log, info: log } as never, now: () => this.now, statesCallers: false },
    ));
  }

  replace(text: string): void {
    writeFileSync(`${this.path}.new`, text);
    renameSync(`${this.path}.new`, this.path);
  }

  of(key: string | undefined): Verdict {
    return this.authenticator.authenticate({ header: (name) => (name === 'x-api-key' ? key : undefined) });
  }

  /** The verdict in one word. */
  wordOf(key: string | undefined): string {
    const verdict = this.of(key);
    return 'reason' in verdict ? verdict.reason : verdict.kind;
  }

  becomes(word: string, key = KEY): Promise<unknown> {
    return waitFor(word, () => Promise.resolve(this.wordOf(key) === word));
  }

  close(): void {
    this.running?.close();
  }
}

describe('The API key authenticator', () => {
  let provider: Provider;
  const start = (text?: string): Provider => (provider = new Provider(text));
  afterEach(() => provider.close());

  it('accepts a key of the file, with its consumer and scopes', () => {
    start(fileOf(entryOf(KEY, ', scopes: [orders:write]')));
    expect(provider.of(KEY)).toMatchObject({
      kind: 'accepted',
      identity: {
        consumer: 'acme',
        provider: 'partners',
        scopes: ['orders:write'],
        claims: {},
        fields: new Map([
          ['x-consumer', 'acme'],
          ['x-scopes', 'orders:write'],
        ]),
      },
    });
    expect([provider.authenticator.scheme, provider.authenticator.keyField]).toEqual(['ApiKey', 'x-api-key']);
  });

  it('loads the file once while it stays the same', async () => {
    start(fileOf(entryOf(KEY)));
    const { loadedAt } = provider.authenticator.state();
    provider.now += 60_000;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect([provider.authenticator.state().loadedAt, provider.logged]).toEqual([loadedAt, []]);
  });

  it('refuses what is no key, an unknown key, the hash of a key, and two keys', () => {
    start(fileOf(entryOf(KEY)));
    const words = [undefined, '', 'x', `${KEY}x`, sha256Of(KEY), `${KEY}, ${KEY}`, SECOND];
    expect(words.map((key) => provider.wordOf(key))).toEqual([
      'absent',
      ...Array<string>(5).fill('malformed key'),
      'unknown key',
    ]);
  });

  it('refuses a key from the time of its expiry on', () => {
    start(fileOf(entryOf(KEY, ', expires: 2030-01-01T00:00:01Z')));
    expect(provider.wordOf(KEY)).toBe('accepted');
    provider.now += 999;
    expect(provider.wordOf(KEY)).toBe('accepted');
    provider.now += 1;
    expect(provider.wordOf(KEY)).toBe('expired key');
  });

  it('takes a new file within a second: added keys work, removed ones do not', async () => {
    start(fileOf(entryOf(KEY)));
    expect(provider.wordOf(SECOND)).toBe('unknown key');
    const since = performance.now();
    provider.replace(fileOf(entryOf(SECOND)));
    await provider.becomes('accepted', SECOND);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(provider.wordOf(KEY)).toBe('unknown key');
    expect(provider.logged).toContain('API keys file reloaded');
  });

  it('follows a symbolic link that moves, as in a mounted ConfigMap', async () => {
    start();
    const folders = ['a', 'b'].map((name) => join(folder.path, `mount-${name}`));
    folders.forEach((path, i) => {
      mkdirSync(path);
      writeFileSync(join(path, 'keys.yaml'), fileOf(entryOf(i === 0 ? KEY : SECOND)));
    });
    symlinkSync(join(folders[0]!, 'keys.yaml'), provider.path);
    expect(provider.wordOf(KEY)).toBe('accepted');
    symlinkSync(join(folders[1]!, 'keys.yaml'), `${provider.path}.new`);
    renameSync(`${provider.path}.new`, provider.path);
    await provider.becomes('accepted', SECOND);
  });

  it('keeps the last valid keys when the file becomes invalid, and says so once', async () => {
    start(fileOf(entryOf(KEY)));
    expect(provider.wordOf(KEY)).toBe('accepted');
    provider.replace('version: 1\nkeys: [ { sha256: x } ]\n');
    await waitFor('the error', () => Promise.resolve(provider.authenticator.state().lastError !== null));
    expect(provider.wordOf(KEY)).toBe('accepted');
    const { isAvailable, lastError } = provider.authenticator.state();
    expect([isAvailable, lastError?.problems[0]]).toEqual([
      true,
      expect.stringContaining(`${provider.path}:2:`),
    ]);
    expect(provider.logged).toEqual(['API keys file cannot be used; the previous keys stay in effect']);
    provider.replace(fileOf(entryOf(SECOND)));
    await provider.becomes('accepted', SECOND);
    expect(provider.authenticator.state().lastError).toBeNull();
  });

  it('is unavailable once the file is gone, never open, until a valid one is there', async () => {
    start(fileOf(entryOf(KEY)));
    expect(provider.wordOf(KEY)).toBe('accepted');
    rmSync(provider.path);
    expect(provider.authenticator.outage).toBeUndefined();
    await provider.becomes('keys file unavailable');
    expect(provider.of(KEY)).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 5 });
    expect(provider.authenticator.outage).toEqual(provider.of(KEY));
    expect(provider.wordOf('x')).toBe('malformed key');
    expect(provider.wordOf(undefined)).toBe('absent');
    provider.replace('version: 1');
    await waitFor('the problem', () =>
      Promise.resolve(provider.authenticator.state().lastError!.problems[0]!.includes('"keys"')),
    );
    expect(provider.wordOf(KEY)).toBe('keys file unavailable');
    provider.replace(fileOf(entryOf(KEY)));
    await provider.becomes('accepted');
    expect(provider.authenticator.outage).toBeUndefined();
  });

  it.each([
    ['no file', undefined],
    ['an invalid file', 'keys: 5'],
    ['an empty file', ''],
  ])('is unavailable after a start with %s, logged once', async (_what, text) => {
    start(text);
    expect(provider.wordOf(KEY)).toBe('keys file unavailable');
    // The first poll loads the file again.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(provider.logged).toEqual([
      'API keys file cannot be used; requests with a key are refused with 503',
    ]);
  });

  it('is unavailable when the path is a folder or the file is too large', () => {
    start();
    mkdirSync(provider.path);
    expect(provider.wordOf(KEY)).toBe('keys file unavailable');
    provider.close();
    start('#'.repeat(1024 * 1024 + 1));
    expect(provider.wordOf(KEY)).toBe('keys file unavailable');
  });

  it('shows when a key was last used, also after a reload, and never the key or its whole hash', async () => {
    start(fileOf(entryOf(KEY, ', name: laptop'), entryOf(SECOND, ', expires: 2031-01-01T00:00:00Z')));
    const verdict = provider.of(KEY);
    const uses = () => provider.authenticator.state().keys.map(({ lastUsedAt }) => lastUsedAt);
    // Explain checks keys, too.
    expect(uses()).toEqual([null, null]);
    if (verdict.kind === 'accepted') provider.authenticator.recordUse(verdict.identity);
    expect(provider.authenticator.state()).toEqual({
      name: 'partners',
      kind: 'apiKey',
      source: provider.path,
      isAvailable: true,
      loadedAt: '2030-01-01T00:00:00.000Z',
      lastError: null,
      keys: [
        {
          sha256: sha256Of(KEY).slice(0, 8),
          consumer: 'acme',
          name: 'laptop',
          expires: null,
          lastUsedAt: '2030-01-01T00:00:00.000Z',
        },
        {
          sha256: sha256Of(SECOND).slice(0, 8),
          consumer: 'acme',
          name: null,
          expires: '2031-01-01T00:00:00.000Z',
          lastUsedAt: null,
        },
      ],
    });
    provider.now += 60_000;
    provider.replace(fileOf(entryOf(KEY)));
    await provider.becomes('unknown key', SECOND);
    expect(uses()).toEqual(['2030-01-01T00:00:00.000Z']);
  });
});

describe('The metrics of API keys', () => {
  it('count keys, and have the last use of each, one series per name', () => {
    const provider = new Provider(fileOf(entryOf(KEY), entryOf(SECOND)));
    const { authenticator } = provider;
    const verdict = provider.of(KEY);
    if (verdict.kind === 'accepted') authenticator.recordUse(verdict.identity);
    const samples = apiKeyFamilies([authenticator]).map(({ name, samples }) => [name, samples]);
    expect(samples).toMatchObject([
      ['gateway_api_keys', [{ labels: { provider: 'partners' }, value: 2 }]],
      ['gateway_api_keys_last_reload_successful', [{ labels: { provider: 'partners' }, value: 1 }]],
      [
        'gateway_api_key_last_use_timestamp_seconds',
        [
          {
            labels: { provider: 'partners', consumer: 'acme', key: sha256Of(KEY).slice(0, 8) },
            value: Date.UTC(2030, 0, 1) / 1000,
          },
        ],
      ],
    ]);
    provider.close();
  });
});
