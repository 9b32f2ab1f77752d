import type { EndedExchange } from '../ended-exchange.js';

/** One exchange that has ended: the values of its line. */
export interface LoggedExchange extends EndedExchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly route: { readonly service: string; readonly name?: string | undefined } | undefined;
  readonly identity?: { readonly consumer: string } | undefined;
  /** Why a policy refused the request. */
  readonly refusal?: string | undefined;
  readonly instance: { readonly id: string } | undefined;
}

/** Accepts complete ASCII lines; may write them later. */
export interface LineWriter {
  write(line: string): void;
}

/**
 * Writes one JSON line per exchange, in the format of the other log lines. The line is built by hand, since a
 * general-purpose logger costs several times as much. Queries are omitted because they may contain secrets.
 */
export class AccessLog {
  private millisecond = 0;
  private time = '';

  constructor(
    private readonly app: string,
    private readonly out: LineWriter,
  ) {}

  write(exchange: LoggedExchange): void {
    const { method, target, requestId, route, instance, status, durationMs, bytesSent, attempts } = exchange;
    this.out.write(
      `{"level":"info","time":"${this.now()}","app":"${this.app}","requestId":${jsonText(requestId)}` +
        `,"method":"${method}","path":${jsonText(pathOf(target))}` +
        `,"service":${quoted(route?.service)},"instance":${quoted(instance?.id)},"status":${status}` +
        `,"durationMs":${durationMs.toFixed(3)},"bytes":${bytesSent},"attempts":${attempts}` +
        `,"client":"${exchange.clientAddress}","ending":"${exchange.ending}"` +
        member('route', route?.name) +
        textMember('consumer', exchange.identity?.consumer) +
        textMember('refusal', exchange.refusal) +
        member('hedge', exchange.hedge?.outcome) +
        `${member('problem', exchange.problemCode)},"msg":"request"}\n`,
    );
  }

  /** The time as text; computed once per millisecond. */
  private now(): string {
    const now = Date.now();
    if (now !== this.millisecond) {
      this.millisecond = now;
      this.time = new Date(now).toISOString();
    }
    return this.time;
  }
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

// Names and ids come from the registry, whose patterns exclude characters that need escaping.
const quoted = (text: string | undefined): string => (text === undefined ? 'null' : `"${text}"`);

/** A member that is omitted when it has no value. */
const member = (name: string, code: string | undefined): string =>
  code === undefined ? '' : `,"${name}":"${code}"`;

/** A {@link member} whose text comes from a client or a token. */
const textMember = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${jsonText(text)}`;

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NOT_ASCII = /[^\x20-\x7e]/g;

/** `text` as an ASCII-only JSON string, so that a line has as many bytes as characters. */
const jsonText = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(NOT_ASCII, escaped);

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
