import { connect, type Socket } from 'node:net';

const TICK_MS = 10;
/** Connections to each gateway: on one alone, every request waits for the response to the one before. */
const CONNECTIONS = 8;

/** Sends requests to one gateway at a fixed rate, whatever it responds, and counts the statuses. */
export class SteadyLoad {
  readonly statuses = new Map<string, number>();
  private readonly sockets: readonly Socket[];
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  private sentAt = performance.now();
  private receivedAt = performance.now();
  private longestGapMs = 0;

  /** @param perSecond number of requests */
  constructor(url: string, path: string, perSecond: number) {
    const startedAt = performance.now();
    this.sockets = Array.from({ length: CONNECTIONS }, () => this.open(new URL(url)));
    this.timer = setInterval(() => {
      this.recordGap();
      this.sentAt = performance.now();
      const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
      for (; this.sent < due; this.sent += 1)
        this.sockets[this.sent % CONNECTIONS]!.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    }, TICK_MS);
  }

  of(status: string): number {
    return this.statuses.get(status) ?? 0;
  }

  /** The longest time since the last call in which this machine was too busy to send, or for a response. */
  takeLongestGapMs(): number {
    this.recordGap();
    const gap = this.longestGapMs;
    this.longestGapMs = 0;
    return gap;
  }

  stop(): void {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
  }

  private recordGap(): void {
    const gap = performance.now() - Math.min(this.sentAt, this.receivedAt);
    this.longestGapMs = Math.max(this.longestGapMs, gap);
  }

  private open({ hostname, port }: URL): Socket {
    let rest = '';
    return connect(Number(port), hostname)
      .setEncoding('latin1')
      .on('data', (text: string) => {
        this.recordGap();
        this.receivedAt = performance.now();
        rest = this.count(rest + text);
      });
  }

  /** @returns the end of the text that belongs to a status line that has not arrived completely */
  private count(text: string): string {
    for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g))
      this.statuses.set(status, this.of(status) + 1);
    // A status line may be split, and must not be counted twice.
    const last = text.lastIndexOf('HTTP/1.1 ');
    return text.slice(Math.max(last === -1 ? 0 : last + (text.length - last > 12 ? 1 : 0), text.length - 12));
  }
}
