import { performance } from 'node:perf_hooks';
import { INSTANCE_TOKEN_HEADER } from '#contracts';
import type { LivePolicyFile } from '../live-policy-file.js';
import type { FileOnlyMembers } from '../file-only-members.js';
import type { PolicyFile } from '../policy-file.js';
import { QUERY_WITHHELD, type Decision, type RecordedIdentity } from './decision.js';
import {
  AUTHORIZATION_FIELD,
  NAMES_BEARER,
  PREFLIGHT_FIELDS,
  recordedNamesOf,
  type RecordedNames,
} from './recorded-names.js';
import { TextRing } from './text-ring.js';

/** An exchange that has ended, as far as it is recorded. */
export interface DecidedExchange {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly clientAddress: string;
  readonly scheme: 'http' | 'https';
  readonly publicHost: string | undefined;
  readonly contentLength: number;
  readonly bodyBytes: number;
  readonly status: number;
  readonly problemCode: string | undefined;
  readonly refusal: string | undefined;
  readonly identity: Pick<RecordedIdentity, 'consumer' | 'provider' | 'scopes' | 'claims'> | undefined;
  readonly route:
    | { readonly name: string | undefined; readonly service: string; readonly policy: FileOnlyMembers }
    | undefined;
  header(name: string): string | undefined;
}

const SIZE = 10_000;
/** Texts of one request. Most have 100 to 200; of longer ones the record has a part. */
const TEXT_BYTES = 512;
const OPTIONS = 'OPTIONS';
const NO_AUTH: FileOnlyMembers['auth'] = undefined;

/** The part of a recorded exchange that is no text of the client. */
class Entry {
  startedAt = 0;
  contentLength = 0;
  bodyBytes = 0;
  isHttps = false;
  isPreflight = false;
  isCut = false;
  status = 0;
  problem: string | undefined = undefined;
  refusal: string | undefined = undefined;
  route: string | undefined = undefined;
  service: string | undefined = undefined;
  auth = NO_AUTH;
  identity: DecidedExchange['identity'] = undefined;
  names: RecordedNames;

  constructor(names: RecordedNames) {
    this.names = names;
  }
}

/** The latest decisions of the gateway, in a ring that is allocated once. */
export class DecisionRecord {
  private readonly texts: TextRing;
  private readonly entries: readonly Entry[];
  private written = 0;
  private followed: PolicyFile;
  private names: RecordedNames;

  /** @param admitsInstance whether a registered instance has this token */
  constructor(
    private readonly file: Pick<LivePolicyFile, 'current'>,
    private readonly admitsInstance: (token: string) => boolean,
    size = SIZE,
  ) {
    this.followed = file.current;
    this.names = recordedNamesOf(file.current);
    this.texts = new TextRing(size, TEXT_BYTES);
    this.entries = Array.from({ length: size }, () => new Entry(this.names));
  }

  /** Number of decisions in the record. */
  get count(): number {
    return Math.min(this.written, this.entries.length);
  }

  write(exchange: DecidedExchange): void {
    if (this.file.current !== this.followed) this.follow();
    const position = this.written % this.entries.length;
    const entry = this.entries[position] as Entry;
    const { route } = exchange;
    this.written += 1;
    entry.startedAt = exchange.startedAt;
    entry.contentLength = exchange.contentLength;
    entry.bodyBytes = exchange.bodyBytes;
    entry.isHttps = exchange.scheme === 'https';
    entry.isPreflight = exchange.method === OPTIONS;
    entry.status = exchange.status;
    entry.problem = exchange.problemCode;
    entry.refusal = exchange.refusal;
    entry.route = route?.name;
    entry.service = route?.service;
    entry.auth = route?.policy.auth;
    entry.identity = exchange.identity;
    entry.names = this.names;
    this.texts.open(position);
    entry.isCut = !this.writeTexts(exchange, entry);
    this.texts.close();
  }

  /**
   * The decisions that the record has now, in the order in which their requests arrived, as rate limits saw them. Those
   * that are overwritten meanwhile are left out.
   */
  *decisions(): Generator<Decision> {
    const { written, count, entries } = this;
    const { length } = entries;
    const startOf = (number: number): number => (entries[number % length] as Entry).startedAt;
    const numbers = Array.from({ length: count }, (_, i) => written - count + i);
    numbers.sort((a, b) => startOf(a) - startOf(b));
    for (const number of numbers) if (number >= this.written - length) yield this.read(number % length);
  }

  /** The latest decisions that ended with a problem of the gateway, the newest first. */
  refusals(limit: number): readonly Decision[] {
    const { written, count, entries } = this;
    const found: Decision[] = [];
    for (let number = written - 1; number >= written - count && found.length < limit; number -= 1) {
      const position = number % entries.length;
      if (entries[position]?.problem !== undefined) found.push(this.read(position));
    }
    return found;
  }

  private follow(): void {
    this.followed = this.file.current;
    this.names = recordedNamesOf(this.followed);
  }

  /** Writes what {@link read} reads, in the same order. */
  private writeTexts(exchange: DecidedExchange, { names, isPreflight }: Entry): boolean {
    const { texts } = this;
    const { target } = exchange;
    const query = names.hasQuery ? -1 : target.indexOf('?');
    let fits = texts.write(exchange.requestId);
    fits = texts.write(exchange.method) && fits;
    fits = texts.write(exchange.clientAddress) && fits;
    fits = texts.write(exchange.publicHost) && fits;
    fits = texts.write(query === -1 ? target : target.slice(0, query + 1)) && fits;
    for (const name of names.credentials)
      fits = texts.write(this.withheld(name, exchange.header(name))) && fits;
    for (const name of names.fields) fits = texts.write(exchange.header(name)) && fits;
    if (isPreflight) for (const name of PREFLIGHT_FIELDS) fits = texts.write(exchange.header(name)) && fits;
    return fits;
  }

  /**
   * What the record has of a credential: whether it is a bearer token, otherwise that there is one; of an instance's
   * token, that it is valid. The first word of `Authorization` need not be a scheme: clients also send a bare key.
   */
  private withheld(name: string, value: string | undefined): string | undefined {
    if (value === undefined || value === '') return value;
    if (name === INSTANCE_TOKEN_HEADER && !this.admitsInstance(value)) return undefined;
    return name === AUTHORIZATION_FIELD && NAMES_BEARER.test(value) ? 'Bearer' : '*';
  }

  private read(position: number): Decision {
    const { texts } = this;
    const entry = this.entries[position] as Entry;
    const { names, auth, isPreflight } = entry;
    texts.open(position);
    const [requestId = '', method = '', clientAddress = '', host, target = ''] = [
      texts.read(),
      texts.read(),
      texts.read(),
      texts.read(),
      texts.read(),
    ];
    const recorded = [...names.credentials, ...names.fields, ...(isPreflight ? PREFLIGHT_FIELDS : [])];
    return {
      time: Math.floor(performance.timeOrigin + entry.startedAt),
      requestId,
      method,
      target: target.endsWith('?') && !names.hasQuery ? target.slice(0, -1) + QUERY_WITHHELD : target,
      clientAddress,
      scheme: entry.isHttps ? 'https' : 'http',
      host,
      fields: new Map(recorded.map((name) => [name, texts.read()])),
      contentLength: entry.contentLength,
      bodyBytes: entry.bodyBytes,
      route: entry.route,
      service: entry.service,
      status: entry.status,
      problem: entry.problem,
      refusal: entry.refusal,
      providers: new Map((auth?.anyOf ?? []).map((name) => [name, names.providers.get(name)?.whole ?? ''])),
      identity: identityOf(entry),
      isCut: entry.isCut,
    };
  }
}

function identityOf({ identity, names }: Entry): RecordedIdentity | undefined {
  if (!identity) return undefined;
  const { consumer, provider, scopes, claims } = identity;
  const verification = names.providers.get(provider)?.verification ?? '';
  return { consumer, provider, verification, scopes, claims, hasClaim: () => true };
}
