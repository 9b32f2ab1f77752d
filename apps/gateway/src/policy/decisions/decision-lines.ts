import { QUERY_WITHHELD, type Decision, type RecordedIdentity } from './decision.js';
import type { HiddenValues } from './hidden-values.js';
import { AUTHORIZATION_FIELD, PREFLIGHT_FIELDS, TOKEN_CLAIMS } from './recorded-names.js';

/** A decision as a line of a record: JSON, with values hidden that may tell a person or a secret. */
export interface DecisionLine {
  readonly time: string;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly client: string;
  readonly scheme: Decision['scheme'];
  readonly host: string | null;
  /** Header fields that decisions depend on; `null`: the request had none of that name. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly contentLength: number;
  readonly bodyBytes: number;
  readonly route: string | null;
  readonly service: string | null;
  readonly status: number;
  readonly problem: string | null;
  readonly refusal: string | null;
  readonly providers: Readonly<Record<string, string>>;
  readonly identity:
    | (Pick<RecordedIdentity, 'consumer' | 'provider' | 'verification' | 'scopes'> & {
        readonly claims: Readonly<Record<string, unknown>>;
        /** Names of the claims that {@link claims} would have. */
        readonly claimNames: readonly string[];
      })
    | null;
  readonly isCut: boolean;
}

/** Fields whose recorded text tells no more than that a request had credentials or came from a web page. */
const isPlain = (name: string, text: string): boolean =>
  name === AUTHORIZATION_FIELD || text === '*' || text === '' || PREFLIGHT_FIELDS.includes(name);

/** @param claims names of the claims to write, beside those of every token */
export function lineOf(
  { time, clientAddress, fields, providers, identity, ...decision }: Decision,
  hidden: HiddenValues,
  claims: ReadonlySet<string>,
): DecisionLine {
  const headers = Array.from(fields, ([name, text]): [string, string | null] => [
    name,
    text === undefined ? null : isPlain(name, text) ? text : hidden.hide(text),
  ]);
  return {
    time: new Date(time).toISOString(),
    requestId: decision.requestId,
    method: decision.method,
    target: withQuery(decision.target, (value) => hidden.hide(value)),
    client: clientAddress,
    scheme: decision.scheme,
    host: decision.host ?? null,
    headers: Object.fromEntries(headers),
    contentLength: decision.contentLength,
    bodyBytes: decision.bodyBytes,
    route: decision.route ?? null,
    service: decision.service ?? null,
    status: decision.status,
    problem: decision.problem ?? null,
    refusal: decision.refusal ?? null,
    providers: Object.fromEntries(providers),
    identity: identity ? identityLine(identity, hidden, [...claims]) : null,
    isCut: decision.isCut,
  };
}

export function decisionOf(line: DecisionLine, hidden: HiddenValues): Decision {
  const { time, client, headers, host, route, service, problem, refusal, providers, identity } = line;
  const reveal = (text: string): string => hidden.reveal(text);
  return {
    ...line,
    time: Date.parse(time),
    target: withQuery(line.target, reveal),
    clientAddress: client,
    host: host ?? undefined,
    fields: new Map(
      Object.entries(headers).map(([name, text]) => [name, text === null ? undefined : reveal(text)]),
    ),
    route: route ?? undefined,
    service: service ?? undefined,
    problem: problem ?? undefined,
    refusal: refusal ?? undefined,
    providers: new Map(Object.entries(providers)),
    identity: identity
      ? {
          ...identity,
          consumer: reveal(identity.consumer),
          claims: mapValues(identity.claims, (value) => eachText(value, reveal)),
          hasClaim: (name) => identity.claimNames.includes(name),
        }
      : undefined,
  };
}

function identityLine(
  { consumer, provider, verification, scopes, claims }: RecordedIdentity,
  hidden: HiddenValues,
  names: readonly string[],
): DecisionLine['identity'] {
  const claimNames = [...TOKEN_CLAIMS, ...names];
  const present = claimNames.filter((name) => Object.hasOwn(claims, name));
  const written = Object.fromEntries(present.map((name) => [name, claims[name]]));
  return {
    consumer: consumer === '' ? '' : hidden.hide(consumer),
    provider,
    verification,
    scopes,
    claims: mapValues(written, (value, name) =>
      TOKEN_CLAIMS.includes(name) ? value : eachText(value, (text) => hidden.hide(text)),
    ),
    claimNames,
  };
}

/** Conditions compare texts, numbers and booleans as texts; of other values they depend on equality alone. */
function eachText(value: unknown, replace: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => eachText(item, replace));
  if (value === null || value === undefined) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'object' ? { hidden: replace(text) } : replace(text);
}

const mapValues = (
  values: Readonly<Record<string, unknown>>,
  replace: (value: unknown, name: string) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, replace(value, name)]));

/** Replaces the values of the query's parameters. */
function withQuery(target: string, replace: (value: string) => string): string {
  const at = target.indexOf('?');
  if (at === -1 || target.endsWith(QUERY_WITHHELD)) return target;
  const parameters = [...new URLSearchParams(target.slice(at + 1))];
  const query = parameters.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(replace(value))}`,
  );
  return `${target.slice(0, at)}?${query.join('&')}`;
}
