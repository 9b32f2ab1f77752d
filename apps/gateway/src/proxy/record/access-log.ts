import type { Exchange } from '../exchange.js';
import { pathEnd } from '../routing/target.js';

/** Takes finished lines; writes them when it sees fit. */
export interface LineWriter {
  write(line: string): void;
}

/**
 * One JSON line per exchange, in the shape of the other log lines. Built by hand: a logger's general way costs several
 * times as much. Queries are left out, since people put secrets there.
 */
export class AccessLog {
  private millisecond = 0;
  private time = '';

  constructor(
    private readonly app: string,
    private readonly out: LineWriter,
  ) {}

  write(exchange: Exchange): void {
    const { method, target, requestId, route, instance, status, durationMs, bytesSent, attempts } = exchange;
    this.out.write(
      `{"level":"info","time":"${this.now()}","app":"${this.app}","requestId":${JSON.stringify(requestId)}` +
        `,"method":"${method}","path":${JSON.stringify(target.slice(0, pathEnd(target)))}` +
        `,"service":${quoted(route?.service)},"instance":${quoted(instance?.id)},"status":${status}` +
        `,"durationMs":${durationMs.toFixed(3)},"bytes":${bytesSent},"attempts":${attempts}` +
        `,"client":"${exchange.clientAddress}","ending":"${exchange.ending}"` +
        `${exchange.problemCode === undefined ? '' : `,"problem":"${exchange.problemCode}"`},"msg":"request"}\n`,
    );
  }

  /** The time as text; made once a millisecond. */
  private now(): string {
    const now = Date.now();
    if (now !== this.millisecond) {
      this.millisecond = now;
      this.time = new Date(now).toISOString();
    }
    return this.time;
  }
}

// Names and ids come out of the registry, whose patterns leave nothing to escape.
const quoted = (text: string | undefined): string => (text === undefined ? 'null' : `"${text}"`);
