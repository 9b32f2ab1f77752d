import { ChunkedReader, type PayloadSink } from './chunked-reader.js';

const enum Kind {
  None,
  Length,
  Chunked,
  UntilClose,
}

/**
 * Follows one body after another through the bytes of a connection and finds where each ends. The bytes are neither
 * copied nor changed. One per direction of a connection; `expect…` begins the next body.
 */
export class BodyReader {
  private kind = Kind.None;
  private remaining = 0;
  private chunked: ChunkedReader | undefined;
  private passable = 0;
  private plainBytes = 0;

  /** The whole body has been read. A body that ends with the connection is never done before. */
  get isDone(): boolean {
    if (this.kind === Kind.Chunked) return this.chunked?.isDone ?? false;
    return this.kind !== Kind.UntilClose && this.remaining === 0;
  }

  get isChunked(): boolean {
    return this.kind === Kind.Chunked;
  }

  get endsWithConnection(): boolean {
    return this.kind === Kind.UntilClose;
  }

  /** Bytes of the body that have been read, without their framing. */
  get payloadBytes(): number {
    return this.chunked?.payloadBytes ?? this.plainBytes;
  }

  /** Up to where the bytes of the last {@link read} may pass on as they are. */
  get passEnd(): number {
    return this.passable;
  }

  /** What is to be written after the passed bytes of a body that is done; as a rule nothing. */
  get tail(): string {
    return this.chunked?.tail ?? '';
  }

  /** Trailer fields of a chunked body that is done, as lines. */
  get trailerFields(): string {
    return this.chunked?.trailerFields ?? '';
  }

  expectNone(): void {
    this.begin(Kind.None, 0);
  }

  expectLength(length: number): void {
    this.begin(Kind.Length, length);
  }

  expectChunked(): void {
    this.begin(Kind.Chunked, 0);
    this.chunked = new ChunkedReader();
  }

  expectUntilClose(): void {
    this.begin(Kind.UntilClose, 0);
  }

  /**
   * Reads from `from` on; answers where the body ended, or `bytes.length` if it goes on. `sink` takes the payload without
   * its framing. @throws FramingError
   */
  read(bytes: Buffer, from: number, sink?: PayloadSink): number {
    if (this.chunked) {
      const end = this.chunked.read(bytes, from, sink);
      this.passable = this.chunked.passEnd;
      return end;
    }
    const end = this.kind === Kind.UntilClose ? bytes.length : Math.min(bytes.length, from + this.remaining);
    if (this.kind === Kind.Length) this.remaining -= end - from;
    this.passable = end;
    this.plainBytes += end - from;
    if (end > from) sink?.(bytes.subarray(from, end));
    return end;
  }

  private begin(kind: Kind, length: number): void {
    this.kind = kind;
    this.remaining = length;
    this.chunked = undefined;
    this.passable = 0;
    this.plainBytes = 0;
  }
}
