import { traceIdIn } from '#registry-client';
import { pathOf } from '#service-kit';
import { hasFailed, type EndedExchange } from '../ended-exchange.js';

/** One exchange that has ended: the values of its line. */
export interface LoggedExchange extends EndedExchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly requestId: string;
  readonly clientAddress: string;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** Time at which the head of the last response of an instance arrived, on the same clock; 0: none did. */
  readonly respondedAt: number;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  readonly route: { readonly service: string; readonly name?: string | undefined } | undefined;
  readonly identity?: { readonly consumer: string } | undefined;
  /** What the cache of the route did. */
  readonly cache?: string | undefined;
  /** The trace that the gateway records. */
  readonly trace?: { readonly traceId: string } | undefined;
  /** Why a policy refused the request. */
  readonly refusal?: string | undefined;
  readonly instance: { readonly id: string } | undefined;
  /** Version of the service that got the request, if the route divides requests among versions. */
  readonly version?: string | undefined;
}

/** Accepts complete ASCII lines; may write them later. */
export interface LineWriter {
  write(line: string): void;
}

/** Writes an exchange that has ended to the access log. */
export interface ExchangeLog {
  write(exchange: LoggedExchange): void;
}

export type Level = 'info' | 'warn';

/** The level of an exchange by its outcome: a response of 5xx, or one that broke off, is a warning. */
export const levelOf = (exchange: Pick<LoggedExchange, 'status' | 'ending'>): Level =>
  hasFailed(exchange) ? 'warn' : 'info';

/**
 * Writes one JSON line per exchange, in the format of the other log lines. The line is built by hand, since a
 * general-purpose logger costs several times as much.
 */
export class AccessLog implements ExchangeLog {
  private millisecond = 0;
  private time = '';

  constructor(
    private readonly app: string,
    private readonly out: LineWriter,
    /** Less severe exchanges are not logged. */
    private readonly least: Level = 'info',
  ) {}

  write(exchange: LoggedExchange): void {
    const { method, target, requestId, route, instance, status, durationMs, bytesSent, attempts } = exchange;
    const level = levelOf(exchange);
    if (level === 'info' && this.least === 'warn') return;
    this.out.write(
      `{"level":"${level}","time":"${this.now()}","app":"${this.app}","requestId":${jsonText(requestId)}` +
        `,"method":"${method}","path":${jsonText(pathOf(target))}` +
        `,"service":${quoted(route?.service)},"instance":${quoted(instance?.id)},"status":${status}` +
        `,"durationMs":${durationMs.toFixed(3)},"bytes":${bytesSent},"attempts":${attempts}` +
        `,"client":"${exchange.clientAddress}","ending":"${exchange.ending}"` +
        firstByte(exchange) +
        member('traceId', traceIdOf(exchange)) +
        textMember('userAgent', exchange.header('user-agent')) +
        member('route', route?.name) +
        textMember('version', exchange.version) +
        textMember('consumer', exchange.identity?.consumer) +
        member('cache', exchange.cache) +
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

/** Time to the head of the response of an instance. */
const firstByte = ({ startedAt, respondedAt }: LoggedExchange): string =>
  respondedAt === 0 ? '' : `,"firstByteMs":${(respondedAt - startedAt).toFixed(3)}`;

/** The trace of the gateway, or that of the client if the gateway records none. */
export const traceIdOf = (exchange: LoggedExchange): string | undefined =>
  exchange.trace?.traceId ?? traceIdIn(exchange.header('traceparent'));

// Names and ids come from the registry, whose patterns exclude characters that need escaping.
const quoted = (text: string | undefined): string => (text === undefined ? 'null' : `"${text}"`);

/** A member that is omitted when it has no value. */
const member = (name: string, code: string | undefined): string =>
  code === undefined ? '' : `,"${name}":"${code}"`;

/** A {@link member} whose text comes from a client, a token or an instance. */
const textMember = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${jsonText(text)}`;

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NOT_ASCII = /[^\x20-\x7e]/g;

/** `text` as an ASCII-only JSON string, so that a line has as many bytes as characters. */
const jsonText = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(NOT_ASCII, escaped);

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
