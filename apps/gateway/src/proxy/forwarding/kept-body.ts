import { isIdempotent } from '../idempotent.js';
import type { Destination } from '../routing/destination.js';

/** A request whose body may have to be sent again. */
export interface BodyOwner {
  readonly method: string;
  readonly route: Destination | undefined;
}

/**
 * What an instance has got of a request's body, kept so that another may get it too. Of idempotent requests alone, as no
 * other is sent again once it was sent; nothing is copied before that happens.
 */
export class KeptBody {
  private readonly pieces: Buffer[] = [];
  private left: number;

  private constructor(limit: number) {
    this.left = limit;
  }

  /** `undefined`: nothing is kept for this request. */
  static of({ method, route }: BodyOwner): KeptBody | undefined {
    const limit = route?.policy.retries.bodyBytes ?? 0;
    return limit > 0 && isIdempotent(method) ? new KeptBody(limit) : undefined;
  }

  /** Keeps one more piece; `false`: it is too much, what is kept is of no use any more. */
  add(piece: Buffer): boolean {
    this.left -= piece.length;
    if (this.left >= 0) this.pieces.push(piece);
    return this.left >= 0;
  }

  /** Everything in one piece, behind `first`. */
  after(first: Buffer | undefined): Buffer {
    return Buffer.concat(first ? [first, ...this.pieces] : this.pieces);
  }
}
