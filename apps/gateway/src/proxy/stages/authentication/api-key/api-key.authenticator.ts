import { isDeepStrictEqual } from 'node:util';
import type { AppContext } from '#service-kit';
import { parseApiKeys, type ApiKey } from '../../../../policy/api-keys-file.js';
import { FileWatch } from '../../../../policy/file-watch.js';
import type { ApiKeyProvider } from '../../../../policy/members/authentication.js';
import type { ProviderState } from '../../../../policy/provider-state.js';
import { placedProblem, readFileText } from '../../../../policy/read-policy-file.js';
import type { Identity } from '../../../exchange/exchange-state.js';
import type { Authenticator, CredentialedRequest, Unavailable, Verdict } from '../authenticator.js';
import { apiKeyTable, type ApiKeyTable, type KeyIdentity } from './api-key-table.js';
import { isApiKey, sha256Of } from './api-key.js';

const RETRY_AFTER_SECONDS = 5;

const ABSENT: Verdict = { kind: 'absent' };
const MALFORMED: Verdict = { kind: 'refused', reason: 'malformed key' };
const UNKNOWN: Verdict = { kind: 'refused', reason: 'unknown key' };
const EXPIRED: Verdict = { kind: 'refused', reason: 'expired key' };
const UNAVAILABLE: Unavailable = {
  kind: 'unavailable',
  reason: 'keys file unavailable',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** What an {@link ApiKeyAuthenticator} depends on. */
export interface ApiKeySurroundings {
  readonly logger: Pick<AppContext['logger'], 'error' | 'info'>;
  /** Whether the policy file states callers to services. */
  readonly statesCallers: boolean;
  /** Time in milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Accepts API keys whose hashes stand in a file. The file is read again when it changes. Invalid content changes
 * nothing: the last valid keys stay in effect. A file that cannot be read withdraws all keys.
 */
export class ApiKeyAuthenticator implements Authenticator {
  readonly scheme = 'ApiKey';
  readonly keyField: string;
  /** `undefined`: no key can be checked. */
  private table: ApiKeyTable | undefined;
  private error: ProviderState['lastError'] = null;
  /** When the keys in effect were loaded, and the SHA-256 of the file with them. */
  private loadedAt: string | null = null;
  private content: string | undefined;
  private readonly watch: FileWatch;
  private readonly now: () => number;

  /**
   * @param path absolute path of the keys file
   * @param predecessor the authenticator of the provider before a reload: keys of the same file are kept
   */
  constructor(
    readonly name: string,
    private readonly provider: ApiKeyProvider,
    private readonly path: string,
    private readonly around: ApiKeySurroundings,
    predecessor?: ApiKeyAuthenticator,
  ) {
    this.keyField = provider.header;
    this.now = around.now ?? Date.now;
    if (predecessor?.path === path && predecessor.table)
      this.table = this.tableOf(
        predecessor.keys.map(({ key }) => key),
        predecessor.table,
      );
    this.load();
    this.watch = new FileWatch(path, () => this.load());
  }

  get outage(): Unavailable | undefined {
    return this.table ? undefined : UNAVAILABLE;
  }

  authenticate(request: CredentialedRequest): Verdict {
    const key = request.header(this.keyField);
    if (key === undefined) return ABSENT;
    // Several fields are joined by ", ", which no key has.
    if (!isApiKey(key)) return MALFORMED;
    if (!this.table) return UNAVAILABLE;
    const accepted = this.table.get(sha256Of(key));
    if (!accepted) return UNKNOWN;
    const { expires } = accepted.identity.key;
    return expires !== undefined && expires <= this.now() ? EXPIRED : accepted;
  }

  /** A look-up has no effects. */
  preview(request: CredentialedRequest): Verdict {
    return this.authenticate(request);
  }

  recordUse(identity: Identity): void {
    // `authenticate` returns no others.
    (identity as KeyIdentity).lastUsedAt = this.now();
  }

  /** The keys in effect. */
  get keys(): readonly KeyIdentity[] {
    return Array.from(this.table?.values() ?? [], ({ identity }) => identity);
  }

  state(): ProviderState {
    return {
      name: this.name,
      kind: 'apiKey',
      source: this.path,
      isAvailable: this.table !== undefined,
      loadedAt: this.loadedAt,
      lastError: this.error,
      keys: this.keys.map(describeKey),
    };
  }

  close(): void {
    this.watch.close();
  }

  private load(): void {
    const file = readFileText(this.path);
    if ('text' in file) this.take(file.text);
    else {
      if (file.isAbsent) this.table = undefined;
      this.fail([`${this.path} ${file.problem}`]);
    }
  }

  private take(text: string): void {
    const { name: provider, path } = this;
    const content = sha256Of(text);
    if (content === this.content && this.table && !this.error) return;
    const parsed = parseApiKeys(text);
    if ('problems' in parsed) {
      this.fail(parsed.problems.map((problem) => placedProblem(path, problem)));
      return;
    }
    const isFirst = this.content === undefined;
    this.table = this.tableOf(parsed.keys, this.table);
    this.content = content;
    this.error = null;
    this.loadedAt = timeText(this.now());
    if (isFirst) return;
    this.around.logger.info({ provider, path, keys: this.table.size }, 'API keys file reloaded');
  }

  private tableOf(keys: readonly ApiKey[], previous: ApiKeyTable | undefined): ApiKeyTable {
    const { consumerHeader, scopesHeader } = this.provider;
    const { statesCallers } = this.around;
    const mapping = {
      ...{ provider: this.name, consumerField: consumerHeader, scopesField: scopesHeader, statesCallers },
    };
    return apiKeyTable(keys, mapping, previous);
  }

  private fail(problems: readonly string[]): void {
    const isKnown = isDeepStrictEqual(this.error?.problems, problems);
    this.error = { at: timeText(this.now()), problems };
    if (isKnown) return;
    const consequence = this.table
      ? 'the previous keys stay in effect'
      : 'requests with a key are refused with 503';
    this.around.logger.error(
      { provider: this.name, problems },
      `API keys file cannot be used; ${consequence}`,
    );
  }
}

const describeKey = ({ key, id, lastUsedAt }: KeyIdentity): ProviderState['keys'][number] => ({
  sha256: id,
  consumer: key.consumer,
  name: key.name ?? null,
  expires: key.expires === undefined ? null : timeText(key.expires),
  lastUsedAt: lastUsedAt === undefined ? null : timeText(lastUsedAt),
});

const timeText = (ms: number): string => new Date(ms).toISOString();
