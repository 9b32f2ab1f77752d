/** The part of `GET /policies` that the page shows. */
export interface Policies {
  readonly source: string | null;
  readonly lastError: { readonly at: string; readonly problems: readonly string[] } | null;
  readonly providers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly source: string;
    readonly isAvailable: boolean;
    readonly lastError: { readonly at: string; readonly problems: readonly string[] } | null;
  }[];
  readonly routes: readonly RoutePolicy[];
}

export type Provider = Policies['providers'][number];

export interface RoutePolicy {
  readonly name: string | null;
  readonly service: string;
  readonly match: Readonly<Record<string, unknown>>;
  /** Effective policy by member. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** What declares each member; `built-in` if nothing does. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Key of a route in `DashboardState.routes`. */
export const keyOf = ({ service, name }: RoutePolicy): string => `${service} ${name ?? ''}`;

const BUILT_IN = 'built-in';

/** Members that something other than the defaults of the gateway declares. */
export const declaredMembers = ({ policy, sources }: RoutePolicy): readonly [string, unknown][] =>
  Object.entries(policy).filter(([member]) => (sources[member] ?? BUILT_IN) !== BUILT_IN);

/** Whether requests are copied to a mirror. */
export const hasMirror = ({ policy: { mirror } }: RoutePolicy): boolean =>
  typeof mirror === 'object' && mirror !== null;

/** A value of the policy file in one line, close to how the file writes it. */
export function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{ ${members.map(([name, each]) => `${name}: ${inOneLine(each)}`).join(', ')} }`;
}

/** The condition of a route: `POST /orders`, with fields and query parameters after it. */
export function describeMatch({ match, service }: RoutePolicy): string {
  const { methods, path, ...others } = match;
  const method = Array.isArray(methods) ? `${methods.join(', ')} ` : '';
  const { prefix, exact } = (path ?? {}) as { readonly prefix?: string; readonly exact?: string };
  const place = exact ?? (prefix === undefined ? '/…' : `${prefix}/…`);
  const rest = Object.entries(others)
    .filter(([name]) => name !== 'service')
    .map(([name, value]) => ` ${name}: ${inOneLine(value)}`);
  return `${method}/api/${service}${place}${rest.join('')}`;
}
