import type { ProviderState } from '../../../../policy/provider-state.js';
import { FetchFailure, fetchKeySet } from './fetch-key-set.js';
import { KeySet, problemOfKeySet } from './key-set.js';
import type { KeySource, KeySurroundings } from './key-source.js';

/** How long keys stay in use after they were last fetched, while the issuer is not reached. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** Tokens can name any key: after a fetch that brought nothing new, unknown keys cause none for this long. */
const COOLDOWN_MS = 30_000;
/** Share of the refresh time after which the keys are fetched again. */
const EARLY = 0.9;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/**
 * A key set that an issuer publishes. It is fetched again in the background before its refresh time ends, by one fetch
 * at a time. While the issuer is not reached, or sends no key set, the known keys stay in use.
 */
export class KeyUrl implements KeySource {
  loading: Promise<void> | undefined;
  loadedAt: number | undefined;
  failures = 0;
  lastError: ProviderState['lastError'] = null;
  private known: KeySet | undefined;
  private text: string | undefined;
  private failuresInRow = 0;
  private renewedAt = -Infinity;
  private retryAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly closed = new AbortController();

  constructor(
    readonly location: string,
    private refreshMs: number,
    private readonly around: KeySurroundings,
  ) {
    void this.load();
  }

  get keys(): KeySet | undefined {
    return this.isFailing && this.around.now() - (this.loadedAt ?? 0) > MAX_AGE_MS ? undefined : this.known;
  }

  get isFailing(): boolean {
    return this.failuresInRow > 0;
  }

  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.retryAt - this.around.now()) / 1000));
  }

  get mayRenew(): boolean {
    if (this.loading) return true;
    const now = this.around.now();
    // A clock that was set back must not extend the cooldown.
    const isCoolingDown = now >= this.renewedAt && now - this.renewedAt < COOLDOWN_MS;
    return !isCoolingDown && !this.closed.signal.aborted;
  }

  renew(): Promise<void> | undefined {
    if (!this.mayRenew) return undefined;
    if (!this.loading) this.renewedAt = this.around.now();
    return this.load();
  }

  refreshEvery(ms: number): void {
    if (ms === this.refreshMs) return;
    this.refreshMs = ms;
    if (this.loading || this.isFailing) return;
    clearTimeout(this.timer);
    this.schedule();
  }

  close(): void {
    this.closed.abort();
    clearTimeout(this.timer);
  }

  private load(): Promise<void> {
    clearTimeout(this.timer);
    return (this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
      this.schedule();
    }));
  }

  private async fetch(): Promise<void> {
    try {
      const text = await fetchKeySet(this.location, this.closed.signal);
      if (text !== this.text) this.take(KeySet.parse(text));
      this.text = text;
      this.succeed();
    } catch (error) {
      if (this.closed.signal.aborted) return;
      this.fail(error instanceof FetchFailure ? error.message : problemOfKeySet(error));
    }
  }

  /** With the same keys the set stays, and with it what is known of tokens; issuers may send them in any order. */
  private take(keys: KeySet): void {
    if (keys.content === this.known?.content) return;
    this.known = keys;
    this.renewedAt = -Infinity;
  }

  private succeed(): void {
    const { provider, logger, now } = this.around;
    if (this.isFailing) logger.info({ provider }, 'JWKS fetched again');
    this.failuresInRow = 0;
    this.lastError = null;
    this.loadedAt = now();
  }

  private fail(problem: string): void {
    const { provider, logger, now } = this.around;
    this.failures += 1;
    this.failuresInRow += 1;
    this.lastError = { at: new Date(now()).toISOString(), problems: [problem] };
    const consequence = this.keys ? 'the known keys stay in use' : 'tokens are refused with 503';
    if (this.failuresInRow === 1)
      logger.warn({ provider, problem }, `JWKS fetch failed; ${consequence} until one succeeds`);
  }

  private schedule(): void {
    if (this.closed.signal.aborted) return;
    const retryMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failuresInRow - 1));
    const delayMs = this.isFailing ? retryMs : this.refreshMs * EARLY;
    this.retryAt = this.around.now() + delayMs;
    this.timer = setTimeout(() => void this.load(), delayMs).unref();
  }
}
