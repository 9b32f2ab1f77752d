/** The part of `GET /discovery/explain` that the page shows. */
export interface Explanation {
  readonly method: string;
  readonly path: string;
  readonly route: {
    readonly name: string | null;
    readonly service: string;
    readonly balancer: string;
    readonly breaker: string | null;
    readonly inFlight: number;
  } | null;
  readonly upstreamPath: string | null;
  readonly decisions: readonly StageDecision[];
  readonly version: string | null;
  readonly candidates: readonly CandidateInstance[];
  readonly excluded: readonly ExcludedInstance[];
  readonly attempts: readonly { readonly instance: string; readonly after: readonly string[] }[];
  readonly problem: { readonly title: string; readonly status: number; readonly detail: string } | null;
  readonly reply: { readonly status: number } | null;
}

export interface StageDecision {
  readonly stage: string;
  readonly decision: string;
  readonly detail: string;
}

export interface CandidateInstance {
  readonly id: string;
  readonly url: string;
  readonly version: string;
  readonly weight: number;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly failuresInRow: number;
}

export interface ExcludedInstance {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly reason: string;
}

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** A request to explain, as the address of the view has it. */
export interface Question {
  readonly method: string;
  readonly path: string;
  /** One field per line, `Name: value`. */
  readonly headers: string;
  /** Address of the client, or empty. */
  readonly client: string;
  /** ISO 8601, or empty for now. */
  readonly at: string;
}

export const questionOf = (query: URLSearchParams): Question => ({
  method: query.get('method') ?? 'GET',
  path: query.get('path') ?? '',
  headers: query.get('headers') ?? '',
  client: query.get('client') ?? '',
  at: query.get('at') ?? '',
});

/** Address of the explanation; `undefined` without a path. */
export function explainUrl({ method, path, headers, client, at }: Question): string | undefined {
  if (path === '') return undefined;
  const query = new URLSearchParams({ method, path });
  for (const line of headers.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) query.append('header', `${line.slice(0, colon).trim()}:${line.slice(colon + 1).trim()}`);
  }
  if (client !== '') query.set('client', client);
  if (at !== '') query.set('at', at);
  return `/discovery/explain?${query.toString()}`;
}
