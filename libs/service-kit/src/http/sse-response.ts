import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

const FIELDS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // The connection closes with the stream, so that it does not delay the shutdown of the server.
  connection: 'close',
  // Disables response buffering in nginx.
  'x-accel-buffering': 'no',
} as const;

/**
 * A response that is a stream of server-sent events. A blocked reader is one that has not read what was written: its stream
 * writes nothing until it reads again, so that a slow reader costs no memory.
 */
export class SseResponse {
  private open = false;
  private blocked = false;
  private missed = 0;

  /**
   * @param maxMissed a reader that misses this many writes in a row is disconnected
   * @param onDrain called when a blocked reader reads again
   */
  constructor(
    private readonly out: ServerResponse,
    private readonly maxMissed: number,
    private readonly onDrain: () => void = () => undefined,
  ) {}

  /** From its head to its end. */
  get isOpen(): boolean {
    return this.open;
  }

  get isBlocked(): boolean {
    return this.blocked;
  }

  get isWritable(): boolean {
    return this.open && !this.blocked;
  }

  /** Sends the head. @param headers the fields that every response of the app carries */
  begin(headers: Readonly<Record<string, string>>): void {
    const { out } = this;
    out.on('drain', () => this.unblock());
    out.on('close', () => (this.open = false));
    // The connection broke: `close` follows and releases everything.
    out.on('error', () => undefined);
    out.writeHead(200, { ...headers, ...FIELDS });
    this.open = true;
  }

  write(data: string | Buffer): void {
    if (this.open) this.blocked = !this.out.write(data);
  }

  /** Records that a blocked reader misses a write. */
  miss(): void {
    this.missed += 1;
    if (this.missed >= this.maxMissed) this.out.destroy();
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    // A blocked reader will not read the rest before the shutdown completes.
    if (this.blocked) this.out.destroy();
    else this.out.end();
  }

  private unblock(): void {
    this.blocked = false;
    this.missed = 0;
    this.onDrain();
  }
}

/** Responds to HEAD with the fields that GET responds with (RFC 9110, section 9.3.2), and opens no stream. */
export function sendEventStreamHead(reply: FastifyReply): void {
  reply.hijack();
  const headers = reply.getHeaders() as Record<string, string>;
  reply.raw.writeHead(200, { ...headers, ...FIELDS }).end();
}
