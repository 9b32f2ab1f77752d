/** The lowest status that counts as an error. */
export const FIRST_ERROR = 500;

/**
 * One exchange that has ended: the values that metrics count. Telemetry declares what it reads of an exchange, and
 * imports nothing of the proxy.
 */
export interface EndedExchange {
  /** Status of the response; 0 when the client disconnected before there was one. */
  readonly status: number;
  readonly durationMs: number;
  readonly bytesSent: number;
  readonly attempts: number;
  /** The hedged attempt, if one was sent; counted in {@link attempts}. */
  readonly hedge: { readonly outcome: string | undefined } | undefined;
  /** Code of the problem response of the gateway, if any. */
  readonly problemCode: string | undefined;
  readonly ending: 'completed' | 'client-left' | 'broken';
  /** The duration of a tunnel is the length of a session, not a response time. */
  readonly isTunnel: boolean;
}

/** Whether an exchange failed: with a server error, or because its response broke off. */
export const hasFailed = ({ status, ending }: Pick<EndedExchange, 'status' | 'ending'>): boolean =>
  status >= FIRST_ERROR || ending === 'broken';
