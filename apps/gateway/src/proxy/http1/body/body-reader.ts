import { ChunkedReader, type PayloadSink } from './chunked-reader.js';

const LAST_CHUNK = '0\r\n\r\n';

const enum Kind {
  None,
  Length,
  Chunked,
  UntilClose,
}

/**
 * Finds the end of each message body in the bytes of a connection, without copying or changing them. A connection
 * has one reader per direction; an `expect…` method starts the next body.
 */
export class BodyReader {
  private kind = Kind.None;
  private remaining = 0;
  private chunked: ChunkedReader | undefined;
  private passable = 0;
  private plainBytes = 0;

  /** Whether the whole body has been read. Always false for a body that ends with the connection. */
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

  /**
   * What completes the bytes of the body so far, for a sender that ends it here; `undefined` if a length was announced, or in
   * the middle of a chunk.
   */
  get earlyEnd(): string | undefined {
    if (this.kind === Kind.UntilClose) return '';
    return this.chunked?.isBetweenChunks ? LAST_CHUNK : undefined;
  }

  /** Body bytes read so far, without framing. */
  get payloadBytes(): number {
    return this.chunked?.payloadBytes ?? this.plainBytes;
  }

  /** End offset of the bytes of the last {@link read} that may be forwarded unchanged. */
  get passEnd(): number {
    return this.passable;
  }

  /** Text to write after the forwarded bytes once the body is done; usually empty. */
  get tail(): string {
    return this.chunked?.tail ?? '';
  }

  /** Trailer field lines of a chunked body that is done. */
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
   * Reads `bytes` from offset `from`.
   * @param sink receives the payload without its framing
   * @returns the offset at which the body ended, or `bytes.length` if it continues
   * @throws FramingError
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
