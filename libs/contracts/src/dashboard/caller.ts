/** A caller of a service through this gateway in the last five minutes; element of `GET /dashboard/callers`. */
export interface Caller {
  readonly service: string;
  /** `consumer`: authenticated; `user-agent`: the program that sent the requests, as it says itself. */
  readonly kind: 'consumer' | 'user-agent';
  /** Empty: the request names no program. */
  readonly name: string;
  /** Share of the requests to the service, of a sample if there are many. */
  readonly share: number;
  /** When the latest of its requests in the sample arrived; ISO 8601, UTC. */
  readonly lastAt: string;
}
