import { stat } from 'node:fs/promises';

const POLL_INTERVAL_MS = 250;

/**
 * Reports changes of a file. The file is polled: a mounted file (a ConfigMap is a symbolic link that moves) triggers no
 * watcher.
 */
export class FileWatch {
  private readonly timer: NodeJS.Timeout;
  private isPolling = false;
  private isClosed = false;
  /** The state of the file when a change was last reported, and at the last poll. */
  private reported: string | undefined;
  private polled: string | undefined;

  /** @param onChange also called once soon after the start, so that no change between load and first poll is missed */
  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
  ) {
    this.timer = setInterval(() => void this.poll(), POLL_INTERVAL_MS).unref();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    const state = await stateOf(this.path);
    this.isPolling = false;
    const isStable = state === this.polled;
    this.polled = state;
    // A file that is still being written would be read in part.
    if (!isStable || state === this.reported || this.isClosed) return;
    this.reported = state;
    this.onChange();
  }
}

/** A text that changes whenever the file does; it follows symbolic links. */
async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
