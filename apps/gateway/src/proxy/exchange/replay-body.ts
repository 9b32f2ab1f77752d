import { isIdempotent } from './idempotent.js';
import type { Route } from './route.js';

/** A request whose body may have to be sent again. */
export interface BodyOwner {
  readonly method: string;
  readonly route: Route | undefined;
}

/**
 * The part of a request body that an instance has received, kept so that it can be sent to another one. Applies to
 * idempotent requests only, since no other request is repeated after it was sent. Copies nothing until then.
 */
export class ReplayBody {
  private readonly pieces: Buffer[] = [];
  private left: number;

  private constructor(limit: number) {
    this.left = limit;
  }

  /** `undefined`: the body of this request is not kept. */
  static of({ method, route }: BodyOwner): ReplayBody | undefined {
    const limit = route?.policy.retries.bodyBytes ?? 0;
    return limit > 0 && isIdempotent(method) ? new ReplayBody(limit) : undefined;
  }

  /** Keeps another piece; `false` if the limit is exceeded, in which case the kept pieces are useless. */
  add(piece: Buffer): boolean {
    this.left -= piece.length;
    if (this.left >= 0) this.pieces.push(piece);
    return this.left >= 0;
  }

  /** All pieces in one buffer, after `first`. */
  following(first: Buffer | undefined): Buffer {
    return Buffer.concat(first ? [first, ...this.pieces] : this.pieces);
  }
}
