import type { Exchange } from '../exchange.js';
import { pathEnd } from '../routing/target.js';

/** Takes finished lines of ASCII; writes them when it sees fit. */
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
      `{"level":"info","time":"${this.now()}","app":"${this.app}","requestId":${jsonText(requestId)}` +
        `,"method":"${method}","path":${jsonText(target.slice(0, pathEnd(target)))}` +
        `,"service":${quoted(route?.service)},"instance":${quoted(instance?.id)},"status":${status}` +
        `,"durationMs":${durationMs.toFixed(3)},"bytes":${bytesSent},"attempts":${attempts}` +
        `,"client":"${exchange.clientAddress}","ending":"${exchange.ending}"` +
        member('hedge', exchange.hedge?.outcome) +
        `${member('problem', exchange.problemCode)},"msg":"request"}\n`,
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

/** A member that is there only when there is something to say. */
const member = (name: string, code: string | undefined): string =>
  code === undefined ? '' : `,"${name}":"${code}"`;

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NOT_ASCII = /[^\x20-\x7e]/g;

/** `text` as a JSON string of ASCII alone, so that a line has as many bytes as characters. */
const jsonText = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(NOT_ASCII, escaped);

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
