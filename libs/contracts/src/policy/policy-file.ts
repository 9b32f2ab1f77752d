// Written by `npm run docs` from apps/gateway/src/policy/policy-json-schema.ts.

/** Policy file of MSA Gateway */
export interface PolicyFile {
  readonly version: 1;
  /** Policy of every service. */
  readonly defaults?: ServicePolicy | undefined;
  /** Policies of services, by name. */
  readonly services?: Readonly<Record<string, ServicePolicy>> | undefined;
  /** Authentication providers; the policy member "auth" refers to them. */
  readonly authentication?: AuthenticationProviders | undefined;
  /** Policies of certain requests to a service; the most specific match applies. */
  readonly routes?: readonly PolicyRoute[] | undefined;
}

/** How requests are treated. */
export interface ServicePolicy {
  readonly timeouts?: TimeoutsPolicy | undefined;
  readonly loadBalancer?: LoadBalancerPolicy | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly hedge?: HedgePolicy | undefined;
  readonly outlierDetection?: OutlierDetectionPolicy | undefined;
  readonly circuitBreaker?: CircuitBreakerPolicy | undefined;
  readonly concurrency?: ConcurrencyPolicy | undefined;
  /** Client addresses that may call. */
  readonly access?: AccessPolicy | undefined;
  /** Which callers are admitted: those that a provider authenticates; `none`: all. */
  readonly auth?: AuthPolicy | undefined;
  /** Which authenticated callers may call, by scopes, claims and consumers; `none`: all. */
  readonly authorization?: AuthorizationPolicy | undefined;
  /** How many requests are admitted in a period. */
  readonly rateLimits?: RateLimitsPolicy | undefined;
  /** Limits of requests. */
  readonly limits?: LimitsPolicy | undefined;
  /** Which pages of other origins may call; the gateway responds to their preflights. */
  readonly cors?: CorsPolicy | undefined;
  /** Edits of the fields of requests to instances. */
  readonly requestHeaders?: RequestHeadersPolicy | undefined;
  /** Edits of the fields of responses to clients. */
  readonly responseHeaders?: ResponseHeadersPolicy | undefined;
  /** `true`: response fields of a hardened site, where the service set none. */
  readonly securityHeaders?: SecurityHeadersPolicy | undefined;
  /** Path and `Host` that the instance receives. */
  readonly rewrite?: RewritePolicy | undefined;
  /** Clients are sent to another location. */
  readonly redirect?: RedirectPolicy | undefined;
  /** The gateway responds itself, for example with a maintenance page. */
  readonly respond?: RespondPolicy | undefined;
  /** Responses are stored and sent again, as far as they and the request permit it (RFC 9111). */
  readonly cache?: CachePolicy | undefined;
  /** How requests are divided among the versions of a service. */
  readonly traffic?: TrafficPolicy | undefined;
  /** What happens when the OpenAPI document of a new version breaks the accepted one; not in routes. */
  readonly contract?: ContractPolicy | undefined;
  /** Where copies of the requests go; their responses are discarded. */
  readonly mirror?: MirrorPolicy | undefined;
  /** How requests relate to the traces of their clients; by default they continue them. */
  readonly tracing?: TracingPolicy | undefined;
  /** Settings of the stages that the program of the gateway adds, by their names. */
  readonly stages?: StagesPolicy | undefined;
}

export interface TimeoutsPolicy {
  /**
   * Time limit for opening a connection to the instance. Value: a duration from 1ms to 24h.
   * @default "3s"
   */
  readonly connect?: string | undefined;
  /**
   * Time limit from the end of the request to the response head; 0: no limit. Value: a duration from 0s
   * to 24h.
   * @default "30s"
   */
  readonly responseHeader?: string | undefined;
  /**
   * Maximum silence while a body is in transit in either direction; 0: no limit. Value: a duration from
   * 0s to 24h.
   * @default "1m"
   */
  readonly idle?: string | undefined;
  /**
   * Time limit for the whole exchange; 0: no limit. Value: a duration from 0s to 24h.
   * @default "0s"
   */
  readonly request?: string | undefined;
}

export interface LoadBalancerPolicy {
  /**
   * How an instance is selected. Value: power-of-two or round-robin or consistent-hash or sticky-cookie.
   * @default "power-of-two"
   */
  readonly type?: 'power-of-two' | 'round-robin' | 'consistent-hash' | 'sticky-cookie' | undefined;
  /**
   * Input of the hash of `consistent-hash`. Value: client-address, header:NAME or cookie:NAME.
   * @default "client-address"
   */
  readonly hashOn?: string | undefined;
  /**
   * Time until a new instance gets its full share of traffic; 0: at once. Value: a duration from 0s to
   * 24h.
   * @default "10s"
   */
  readonly slowStart?: string | undefined;
}

export interface RetryPolicy {
  /**
   * Conditions of a retry; empty: no retries. Value: a list; each item: connect-failure or reset or
   * gateway-error or retriable-status-codes.
   * @default ["connect-failure","reset","gateway-error"]
   */
  readonly retryOn?:
    readonly ('connect-failure' | 'reset' | 'gateway-error' | 'retriable-status-codes')[] | undefined;
  /**
   * Statuses of `retriable-status-codes`. Value: a list; each item: a whole number from 400 to 599.
   * @default []
   */
  readonly statusCodes?: readonly number[] | undefined;
  /**
   * Maximum further instances if nothing was sent; any method. Value: a whole number from 0 to 100.
   * @default 9
   */
  readonly afterRefusal?: number | undefined;
  /**
   * Maximum further attempts if the request was sent; idempotent requests only. Value: a whole number
   * from 0 to 10.
   * @default 1
   */
  readonly afterSending?: number | undefined;
  /**
   * Upper limit of the random wait before the first retry; doubles with each one, up to 250 ms. Value: a
   * duration from 0s to 10s.
   * @default "25ms"
   */
  readonly backoff?: string | undefined;
  /**
   * How much of the body of an idempotent request is kept until a response begins, so that it can be
   * sent again; 0: only what arrived together with the head. Value: a size from 0B to 1MiB.
   * @default "64KiB"
   */
  readonly bodySize?: string | undefined;
  /**
   * Maximum retries of a service, relative to its requests of the last ten seconds. Value: a whole
   * number from 0 to 100.
   * @default 20
   */
  readonly budgetPercent?: number | undefined;
}

export interface HedgePolicy {
  /**
   * When a GET or HEAD without a response is also sent to another instance, within the retry budget; the
   * first response counts. `p95`: the 95th percentile of the recent times to the response head. Value:
   * off, a percentile from p50 to p99, or a duration from 1ms to 1m.
   * @default "off"
   */
  readonly after?: string | undefined;
}

export interface OutlierDetectionPolicy {
  /**
   * Consecutive failures of an instance (500, 502, 503, 504, or a response that is invalid, incomplete
   * or late) until it is ejected for 1, 2, 4 … 30 s; 0: never. Value: a whole number from 0 to 10000.
   * @default 5
   */
  readonly consecutiveFailures?: number | undefined;
}

export interface CircuitBreakerPolicy {
  /**
   * Share of failures of the service in ten seconds that opens the circuit breaker; 0: no circuit
   * breaker. Value: a whole number from 0 to 100.
   * @default 50
   */
  readonly failurePercent?: number | undefined;
  /**
   * Statuses that count as failures, beside requests without a response. Value: a list that is not
   * empty; each item: a whole number from 400 to 599.
   * @default [502,503,504]
   */
  readonly statusCodes?: readonly number[] | undefined;
  /**
   * Minimum requests in ten seconds for the share of failures to count. Value: a whole number from 1 to
   * 1000000.
   * @default 20
   */
  readonly minRequests?: number | undefined;
  /**
   * Time from opening to a trial request; doubles with each failed trial, up to 30 s. Value: a duration
   * from 1ms to 24h.
   * @default "1s"
   */
  readonly openDuration?: string | undefined;
}

export interface ConcurrencyPolicy {
  /**
   * Maximum requests in flight to one instance; 0: no limit. Value: a whole number from 0 to 1000000.
   * @default 0
   */
  readonly perInstance?: number | undefined;
  /**
   * Maximum requests in flight to the service; 0: no limit. Value: a whole number from 0 to 1000000.
   * @default 16384
   */
  readonly perService?: number | undefined;
  /**
   * `gradient`: a limit derived from the change of latency, which starts at 20, lowers `per-service`.
   * Value: off or gradient.
   * @default "off"
   */
  readonly adaptive?: 'off' | 'gradient' | undefined;
  /**
   * Maximum requests that wait for capacity. Value: a whole number from 0 to 100000.
   * @default 256
   */
  readonly queue?: number | undefined;
  /**
   * Maximum wait for capacity. Value: a duration from 0s to 1m.
   * @default "500ms"
   */
  readonly queueTimeout?: string | undefined;
}

/** Client addresses that may call. */
export type AccessPolicy =
  | 'none'
  | {
      /** Only these addresses. */
      readonly allow?: readonly string[] | undefined;
      /** Not these addresses, even if `allow` has them. */
      readonly deny?: readonly string[] | undefined;
    };

/** Which callers are admitted: those that a provider authenticates; `none`: all. */
export type AuthPolicy =
  | 'none'
  | {
      /** One of these providers must accept the request. */
      readonly anyOf: readonly string[];
      /**
       * Requests without credentials are accepted; wrong ones are refused.
       * @default false
       */
      readonly optional?: boolean | undefined;
    };

/** Which authenticated callers may call, by scopes, claims and consumers; `none`: all. */
export type AuthorizationPolicy =
  | 'none'
  | {
      /** One of these entries must hold; an entry holds if all its conditions do. */
      readonly anyOf: readonly {
        /** The caller has all of these scopes. */
        readonly scopes?: readonly string[] | undefined;
        /** The token has each of these claims, with one of the values. */
        readonly claims?: Readonly<Record<string, readonly (string | number | boolean)[]>> | undefined;
        /** The caller is one of these consumers. */
        readonly consumers?: readonly string[] | undefined;
      }[];
    };

/** How many requests are admitted in a period. */
export type RateLimitsPolicy =
  | 'none'
  | readonly {
      /** Name of the limit in responses and metrics. */
      readonly name: string;
      /** Number of requests in `per`. */
      readonly requests: number;
      /** The period. */
      readonly per: string;
      /** How many may come at once; by default `requests`. */
      readonly burst?: number | undefined;
      /** Requests with the same key share the limit. By default `client`, the client address (IPv6: its /64). */
      readonly key?: string | undefined;
      /**
       * How many requests one request counts as.
       * @default 1
       */
      readonly cost?: number | undefined;
      /**
       * All gateways on one Redis enforce the limit together.
       * @default false
       */
      readonly shared?: boolean | undefined;
      /**
       * Requests above the limit are counted and not refused.
       * @default false
       */
      readonly shadow?: boolean | undefined;
      /**
       * While Redis is unavailable, a shared limit is divided among the gateways (`local`, the default), not
       * enforced (`open`), or its requests are refused with 503 (`closed`).
       */
      readonly onStoreDown?: 'local' | 'open' | 'closed' | undefined;
    }[];

/** Limits of requests. */
export type LimitsPolicy =
  | 'none'
  | {
      /** Maximum size of a request body, without its transfer coding. */
      readonly requestBody: string;
    };

/** Which pages of other origins may call; the gateway responds to their preflights. */
export type CorsPolicy =
  | 'none'
  | {
      /** Origins whose pages may call: exact ones, `https://*.example.com` for all subdomains, or `*`. */
      readonly allowOrigins: readonly string[];
      /** Methods that preflights allow. */
      readonly allowMethods?: readonly string[] | undefined;
      /** Request fields that preflights allow. */
      readonly allowHeaders?: readonly string[] | undefined;
      /** Response fields that pages may read. */
      readonly exposeHeaders?: readonly string[] | undefined;
      /**
       * Browsers send cookies and other credentials.
       * @default false
       */
      readonly allowCredentials?: boolean | undefined;
      /** How long browsers remember a preflight; without it they do for 5 s. */
      readonly maxAge?: string | undefined;
    };

/** Edits of the fields of requests to instances. */
export type RequestHeadersPolicy =
  | 'none'
  | {
      /**
       * Fields that replace those of the same name. A value may contain `${consumer}`, `${requestId}`,
       * `${clientAddress}` and `${service}`.
       */
      readonly set?: Readonly<Record<string, string>> | undefined;
      /** Further fields, beside those of the same name. */
      readonly add?: Readonly<Record<string, string>> | undefined;
      /** Fields that are removed. */
      readonly remove?: readonly string[] | undefined;
    };

/** Edits of the fields of responses to clients. */
export type ResponseHeadersPolicy =
  | 'none'
  | {
      /**
       * Fields that replace those of the same name. A value may contain `${consumer}`, `${requestId}`,
       * `${clientAddress}` and `${service}`.
       */
      readonly set?: Readonly<Record<string, string>> | undefined;
      /** Further fields, beside those of the same name. */
      readonly add?: Readonly<Record<string, string>> | undefined;
      /** Fields that are removed. */
      readonly remove?: readonly string[] | undefined;
    };

/** `true`: response fields of a hardened site, where the service set none. */
export type SecurityHeadersPolicy = 'none' | boolean;

/** Path and `Host` that the instance receives. */
export type RewritePolicy =
  | 'none'
  | {
      /** Path that the instance receives. */
      readonly path?:
        | {
            /** Replaces the path prefix of the match; the whole path if the match is exact. */
            readonly replacePrefix: string;
          }
        | undefined;
      /**
       * `Host` that the instance receives: `instance` (default), `preserve` for that of the client, or a
       * name.
       */
      readonly host?: string | undefined;
    };

/** Clients are sent to another location. */
export type RedirectPolicy =
  | 'none'
  | {
      /** Scheme of the location; by default that of the request. */
      readonly scheme?: 'http' | 'https' | undefined;
      /** Host of the location; by default that of the request. */
      readonly host?: string | undefined;
      /** Path of the location, with its query; by default path and query of the request. */
      readonly path?: string | undefined;
      /**
       * Status of the response.
       * @default 302
       */
      readonly status?: 301 | 302 | 303 | 307 | 308 | undefined;
    };

/** The gateway responds itself, for example with a maintenance page. */
export type RespondPolicy =
  | 'none'
  | {
      /**
       * Status of the response.
       * @default 200
       */
      readonly status?: number | undefined;
      /** Media type of the content; by default by the ending of the file (`.html`, `.json`), else plain text. */
      readonly contentType?: string | undefined;
      /** The content. */
      readonly body?: string | undefined;
      /** File with the content, UTF-8 text of at most 1 MiB. It is reloaded when it changes. */
      readonly file?: string | undefined;
    };

/** Responses are stored and sent again, as far as they and the request permit it (RFC 9111). */
export type CachePolicy =
  | 'none'
  | {
      /** Whether responses are stored and used again. */
      readonly enabled: boolean;
      /**
       * How long responses with status 200, 301 or 404 are fresh, instead of what they say; they may still
       * forbid storage.
       */
      readonly ttl?: string | undefined;
      /**
       * Maximum size of a stored body; larger ones pass.
       * @default "1MiB"
       */
      readonly maxObject?: string | undefined;
      /** What distinguishes responses beside scheme, host, path and route. */
      readonly key?:
        | {
            /**
             * Parameters that distinguish responses; services receive no others. `all`: the query as sent.
             * @default "all"
             */
            readonly query?: 'all' | readonly string[] | undefined;
            /** Request fields that distinguish responses, beside those that `Vary` names. */
            readonly headers?: readonly string[] | undefined;
          }
        | undefined;
      /** How long a stale response is used while it is fetched again, if the response does not say. */
      readonly staleWhileRevalidate?: string | undefined;
      /** How long a stale response is used while the service fails, if the response does not say. */
      readonly staleIfError?: string | undefined;
      /** Names by which all responses of the route can be purged, beside those in their field `Cache-Tag`. */
      readonly tags?: readonly string[] | undefined;
    };

/** How requests are divided among the versions of a service. */
export type TrafficPolicy =
  | 'none'
  | {
      /** Versions that receive the requests; instances of others receive none. */
      readonly versions: readonly {
        /** Version of the instances. */
        readonly version: string;
        /** Share of the cohorts, relative to the other versions. */
        readonly weight: number;
      }[];
      /**
       * Requests with the same key stay on one version. By default `client`, the client address (IPv6: its
       * /64).
       */
      readonly cohort?: string | undefined;
    };

/** What happens when the OpenAPI document of a new version breaks the accepted one; not in routes. */
export type ContractPolicy =
  | 'none'
  | {
      /**
       * `report`: the change is only reported. `canary-only`: only routes whose `traffic` names the version
       * send it requests. `quarantine`: it gets no requests until an operator accepts it.
       */
      readonly onBreaking: 'report' | 'canary-only' | 'quarantine';
    };

/** Where copies of the requests go; their responses are discarded. */
export type MirrorPolicy =
  | 'none'
  | {
      /** What gets the copies. */
      readonly to: {
        /** Another service whose instances get the copies. */
        readonly service?: string | undefined;
        /** A version of the service itself whose instances get the copies. */
        readonly version?: string | undefined;
      };
      /**
       * Share of the requests that are copied, chosen at random.
       * @default 100
       */
      readonly percent?: number | undefined;
      /** Methods of the requests that are copied; by default GET and HEAD. */
      readonly methods?: readonly string[] | undefined;
      /**
       * Maximum size of a request body; requests with longer ones are not copied.
       * @default "0B"
       */
      readonly maxBody?: string | undefined;
      /**
       * Compares the responses to GET and HEAD with those of the service, without their noise.
       * @default false
       */
      readonly compare?: boolean | undefined;
      /**
       * Another service gets the credentials and the identity of the caller, too.
       * @default false
       */
      readonly credentials?: boolean | undefined;
    };

/** How requests relate to the traces of their clients; by default they continue them. */
export type TracingPolicy =
  | 'none'
  | {
      /**
       * `trust`: the trace of the client continues. `restart`: each request begins a trace of its own, for
       * routes that face the internet; the trace of the client becomes a link.
       */
      readonly context: 'trust' | 'restart';
    };

/** Settings of the stages that the program of the gateway adds, by their names. */
export type StagesPolicy = 'none' | Readonly<Record<string, unknown>>;

/** Authentication providers; the policy member "auth" refers to them. */
export interface AuthenticationProviders {
  /** Providers of JSON Web Tokens, by name. */
  readonly jwt?:
    | Readonly<
        Record<
          string,
          {
            /** The `iss` that tokens must have. */
            readonly issuer: string;
            /** Tokens must have one of these in `aud`. */
            readonly audiences: readonly string[];
            /** Accepted signature algorithms; never taken from a token. */
            readonly algorithms: readonly (
              | 'RS256'
              | 'RS384'
              | 'RS512'
              | 'PS256'
              | 'PS384'
              | 'PS512'
              | 'ES256'
              | 'ES384'
              | 'ES512'
              | 'EdDSA'
              | 'HS256'
              | 'HS384'
              | 'HS512'
            )[];
            /** The keys. */
            readonly jwks: {
              /** URL of the key set. */
              readonly url?: string | undefined;
              /**
               * Time until the key set of a URL is fetched again.
               * @default "10m"
               */
              readonly refresh?: string | undefined;
              /** File with the key set. */
              readonly file?: string | undefined;
            };
            /**
             * Difference of clocks that is tolerated.
             * @default "30s"
             */
            readonly clockSkew?: string | undefined;
            /** Claims that the service receives, each in a header field. */
            readonly claimToHeaders?: Readonly<Record<string, string>> | undefined;
            /**
             * Header field in which the service receives the scopes of the caller, separated by spaces; empty if
             * there are none.
             */
            readonly scopesHeader?: string | undefined;
          }
        >
      >
    | undefined;
  /** Providers of API keys, by name. */
  readonly apiKey?:
    | Readonly<
        Record<
          string,
          {
            /**
             * Header field with the key; removed before the request is forwarded.
             * @default "x-api-key"
             */
            readonly header?: string | undefined;
            /** File with the SHA-256 of each key. */
            readonly keysFile: string;
            /** Header field in which the service receives the consumer. */
            readonly consumerHeader?: string | undefined;
            /**
             * Header field in which the service receives the scopes of the caller, separated by spaces; empty if
             * there are none.
             */
            readonly scopesHeader?: string | undefined;
          }
        >
      >
    | undefined;
}

/** Conditions on a request. */
export interface RouteMatch {
  /** Service in the path. */
  readonly service: string;
  /** Condition on the path after the service. */
  readonly path?:
    | {
        /** The path begins with these segments. */
        readonly prefix?: string | undefined;
        /** The path is this one. */
        readonly exact?: string | undefined;
      }
    | undefined;
  /** One of these methods; `GET` includes `HEAD`. */
  readonly methods?: readonly string[] | undefined;
  /** Header fields with exactly these values. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Query parameters with exactly these values. */
  readonly query?: Readonly<Record<string, string>> | undefined;
}

export interface PolicyRoute {
  /** Name in logs and metrics. */
  readonly name: string;
  /** Conditions on a request. */
  readonly match: RouteMatch;
  /** Another service that receives the requests. */
  readonly to?:
    | {
        /** Service whose instances receive the requests. */
        readonly service: string;
      }
    | undefined;
  readonly timeouts?: TimeoutsPolicy | undefined;
  readonly loadBalancer?: LoadBalancerPolicy | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly hedge?: HedgePolicy | undefined;
  readonly outlierDetection?: OutlierDetectionPolicy | undefined;
  readonly circuitBreaker?: CircuitBreakerPolicy | undefined;
  readonly concurrency?: ConcurrencyPolicy | undefined;
  /** Client addresses that may call. */
  readonly access?: AccessPolicy | undefined;
  /** Which callers are admitted: those that a provider authenticates; `none`: all. */
  readonly auth?: AuthPolicy | undefined;
  /** Which authenticated callers may call, by scopes, claims and consumers; `none`: all. */
  readonly authorization?: AuthorizationPolicy | undefined;
  /** How many requests are admitted in a period. */
  readonly rateLimits?: RateLimitsPolicy | undefined;
  /** Limits of requests. */
  readonly limits?: LimitsPolicy | undefined;
  /** Which pages of other origins may call; the gateway responds to their preflights. */
  readonly cors?: CorsPolicy | undefined;
  /** Edits of the fields of requests to instances. */
  readonly requestHeaders?: RequestHeadersPolicy | undefined;
  /** Edits of the fields of responses to clients. */
  readonly responseHeaders?: ResponseHeadersPolicy | undefined;
  /** `true`: response fields of a hardened site, where the service set none. */
  readonly securityHeaders?: SecurityHeadersPolicy | undefined;
  /** Path and `Host` that the instance receives. */
  readonly rewrite?: RewritePolicy | undefined;
  /** Clients are sent to another location. */
  readonly redirect?: RedirectPolicy | undefined;
  /** The gateway responds itself, for example with a maintenance page. */
  readonly respond?: RespondPolicy | undefined;
  /** Responses are stored and sent again, as far as they and the request permit it (RFC 9111). */
  readonly cache?: CachePolicy | undefined;
  /** How requests are divided among the versions of a service. */
  readonly traffic?: TrafficPolicy | undefined;
  /** Where copies of the requests go; their responses are discarded. */
  readonly mirror?: MirrorPolicy | undefined;
  /** How requests relate to the traces of their clients; by default they continue them. */
  readonly tracing?: TracingPolicy | undefined;
  /** Settings of the stages that the program of the gateway adds, by their names. */
  readonly stages?: StagesPolicy | undefined;
}
