import { FileWatch } from '../../../../policy/file-watch.js';
import type { ProviderState } from '../../../../policy/provider-state.js';
import { readFileText } from '../../../../policy/read-policy-file.js';
import { KeySet, problemOfKeySet } from './key-set.js';
import type { KeySource, KeySurroundings } from './key-source.js';

/**
 * A key set in a file, which is read again when it changes. With invalid content the previous keys stay in use; a file
 * that cannot be read withdraws them.
 */
export class KeyFile implements KeySource {
  readonly loading = undefined;
  readonly isFailing = false;
  /** The watch sees a change within a second. */
  readonly mayRenew = false;
  readonly retryAfterSeconds = 5;
  keys: KeySet | undefined;
  loadedAt: number | undefined;
  failures = 0;
  lastError: ProviderState['lastError'] = null;
  private readonly watch: FileWatch;
  private text: string | undefined;

  /** @param location absolute path */
  constructor(
    readonly location: string,
    private readonly around: KeySurroundings,
  ) {
    this.load();
    this.watch = new FileWatch(location, () => this.load());
  }

  renew(): undefined {
    // The file is watched.
  }

  refreshEvery(): void {
    // A file is read when it changes.
  }

  close(): void {
    this.watch.close();
  }

  private load(): void {
    const file = readFileText(this.location);
    if ('problem' in file) {
      if (file.isAbsent) this.keys = this.text = undefined;
      this.fail(file.problem);
      return;
    }
    try {
      if (file.text !== this.text) this.keys = KeySet.parse(file.text);
      this.text = file.text;
      this.loadedAt = this.around.now();
      this.lastError = null;
    } catch (error) {
      this.fail(problemOfKeySet(error));
    }
  }

  private fail(problem: string): void {
    const { provider, logger, now } = this.around;
    this.failures += 1;
    const isKnown = this.lastError?.problems[0] === problem;
    this.lastError = { at: new Date(now()).toISOString(), problems: [problem] };
    const consequence = this.keys ? 'the previous keys stay in use' : 'tokens are refused with 503';
    if (!isKnown) logger.error({ provider, path: this.location, problem }, `Key set invalid; ${consequence}`);
  }
}
