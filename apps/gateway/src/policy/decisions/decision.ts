/** Where the text of a query would be, if a request had one and no route depended on it. */
export const QUERY_WITHHELD = '?…';

/** The authenticated caller of a recorded request. */
export interface RecordedIdentity {
  readonly consumer: string;
  readonly provider: string;
  /** `ProviderDigests.verification` of the provider that accepted the credentials. */
  readonly verification: string;
  readonly scopes: readonly string[];
  /** All claims, or those that {@link hasClaim} knows. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Whether the record would have the claim. */
  readonly hasClaim: (name: string) => boolean;
}

/** A recorded request, and what the gateway decided. Nothing of it is a credential. */
export interface Decision {
  /** When the request arrived, milliseconds since the epoch. */
  readonly time: number;
  readonly requestId: string;
  readonly method: string;
  /** Path and query; see {@link QUERY_WITHHELD}. */
  readonly target: string;
  readonly clientAddress: string;
  readonly scheme: 'http' | 'https';
  readonly host: string | undefined;
  /** Header fields by name in lower case, `undefined` if absent. Of credentials, `Bearer` or `*`; an invalid token of an instance is absent. */
  readonly fields: ReadonlyMap<string, string | undefined>;
  /** -1: not declared. */
  readonly contentLength: number;
  readonly bodyBytes: number;
  /** Name of the route in the policy file. */
  readonly route: string | undefined;
  readonly service: string | undefined;
  readonly status: number;
  /** Code of the problem that the gateway replied with. */
  readonly problem: string | undefined;
  /** Why a policy refused the request. */
  readonly refusal: string | undefined;
  /** `ProviderDigests.whole` of the providers that the route accepts. */
  readonly providers: ReadonlyMap<string, string>;
  readonly identity: RecordedIdentity | undefined;
  /** A part of the request was too long to record. */
  readonly isCut: boolean;
}
