import { isSubdomain, parseOrigin, parseOriginPattern, type Origin } from '../../../policy/origin.js';

const keyOf = ({ scheme, host, port }: Origin): string => `${scheme}//${host}:${port}`;

/** Bound of the origins that are remembered under a pattern or `*`. */
const MAX_REMEMBERED = 1000;

/** The origins of a CORS policy. */
export class AllowedOrigins {
  /** Every origin is allowed. */
  readonly isEvery: boolean;
  private readonly exact: ReadonlySet<string>;
  private readonly patterns;
  /** Allowed origins as they were sent: the next request with one needs no parsing. */
  private readonly known = new Set<string>();

  /** @param declared valid origins and patterns, or `*` */
  constructor(declared: readonly string[]) {
    this.isEvery = declared.includes('*');
    this.patterns = declared.map(parseOriginPattern).filter((each) => each !== undefined);
    this.exact = new Set(
      declared
        .map(parseOrigin)
        .filter((each) => each !== undefined)
        .map(keyOf),
    );
  }

  /**
   * Whether pages of this origin may call.
   * @param sent the value of `Origin`; `null` is never allowed: documents of any site can have it
   */
  allow(sent: string): boolean {
    if (this.known.has(sent)) return true;
    const origin = parseOrigin(sent);
    if (!origin || !this.includes(origin)) return false;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    this.known.add(sent);
    return true;
  }

  private includes(origin: Origin): boolean {
    return (
      this.isEvery ||
      this.exact.has(keyOf(origin)) ||
      this.patterns.some((pattern) => isSubdomain(origin, pattern))
    );
  }
}
