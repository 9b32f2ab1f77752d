import { performance } from 'node:perf_hooks';
import type { StageExchange } from '../../exchange/exchange-state.js';

/** Maximum number of copies that are being made, wait or are in progress. */
const MAX_COPIES = 256;
/** Maximum number of copies in progress: a mirror that does not respond holds no more connections. */
export const MAX_IN_PROGRESS = 64;
/** Maximum bytes of the bodies of all copies. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Age of a request at which its copy is not sent any more, in milliseconds. */
const MAX_AGE_MS = 10_000;

/** A copy of a request on its way to the mirror. */
export interface MirrorCopy {
  readonly exchange: StageExchange;
  /** Maximum length of its body. */
  readonly reserved: number;
  body: Buffer | undefined;
}

/** Whether an instance has responded completely. */
export const hasResponse = ({
  status,
  problemCode,
  ending,
}: Pick<StageExchange, 'status' | 'problemCode' | 'ending'>): boolean =>
  status > 0 && problemCode === undefined && ending === 'completed';

/** How a copy is sent. */
export interface Delivery {
  /**
   * Starts to send a copy.
   * @param onEnd called once when it has ended
   * @returns whether it was sent
   */
  send(copy: MirrorCopy, onEnd: () => void): boolean;
  /** The copy was not sent. */
  dropped(): void;
}

/** The copies of one mirror. They are sent after the turn of the event loop in which their request came. */
export class MirrorQueue {
  private copies = 0;
  private bytes = 0;
  private inProgress = 0;
  private isScheduled = false;
  private readonly waiting: { readonly copy: MirrorCopy; readonly delivery: Delivery }[] = [];

  /** Reserves a place for a copy; `false` if none is left. */
  reserve({ reserved }: MirrorCopy): boolean {
    if (this.copies >= MAX_COPIES || this.bytes + reserved > MAX_BYTES) return false;
    this.copies += 1;
    this.bytes += reserved;
    return true;
  }

  /** Gives up a place that was reserved. */
  release({ reserved }: MirrorCopy): void {
    this.copies -= 1;
    this.bytes -= reserved;
  }

  /** Adds a copy that has a place. */
  add(copy: MirrorCopy, delivery: Delivery): void {
    this.waiting.push({ copy, delivery });
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.waiting.length === 0 || this.inProgress >= MAX_IN_PROGRESS) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.inProgress < MAX_IN_PROGRESS) {
        const next = this.waiting.shift();
        if (!next) return;
        this.start(next.copy, next.delivery);
      }
    });
  }

  private start(copy: MirrorCopy, delivery: Delivery): void {
    const isLate = performance.now() - copy.exchange.startedAt > MAX_AGE_MS;
    this.inProgress += 1;
    const end = (): void => {
      this.inProgress -= 1;
      this.release(copy);
      this.schedule();
    };
    if (!isLate && delivery.send(copy, end)) return;
    end();
    delivery.dropped();
  }
}
