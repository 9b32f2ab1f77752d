import { declarationOf, declaredBy, policyOf, type Fleet } from '../../../policy/policy-of-metadata.js';

/** `%` and two digits, the `%` itself encoded any number of times (`%252e`). */
const ENCODED = /%(?:25)*([0-9a-f]{2})/gi;
/** Characters that some servers treat as the end of a segment or of the path. */
const SEGMENT_END = /[;?#\0].*$/s;
/** Dot segments remove preceding segments; a parameter is removed even if it contains encoded separators. */
const REMOVES_SEGMENTS = /[;?#\0]|\.\./;
/** Characters other than letters, digits, `_`, `-` and single slashes may be interpreted in several ways. */
const AMBIGUOUS = /[^\w/-]|\/\//;

/** One character per byte, whether or not the bytes are valid UTF-8. */
const decoded = (path: string): string =>
  path.replace(ENCODED, (_match, digits: string) => String.fromCharCode(parseInt(digits, 16)));

/** The segments of a decoded path, split at every possible separator, in lower case, without empty ones and `.`. */
const segmentsOf = (text: string): readonly string[] =>
  text
    .split(/[/\\]/)
    .map((segment) => segment.replace(SEGMENT_END, '').trim().toLowerCase())
    .filter((segment) => segment !== '' && segment !== '.');

/** Servers that map extensions or drop trailing dots serve `name` as `name.json` and `name.` too. */
const isNamed = (segment: string | undefined, name: string): boolean =>
  segment === name || segment?.startsWith(`${name}.`) === true;

const beginsWith = (segments: readonly string[], prefix: readonly string[]): boolean =>
  prefix.every((name, i) => isNamed(segments[i], name));

/** Whether removing segments can leave `prefix` at the start. */
function canBecome(segments: readonly string[], prefix: readonly string[]): boolean {
  let from = 0;
  return prefix.every((name) => {
    const at = segments.findIndex((segment, i) => i >= from && isNamed(segment, name));
    from = at + 1;
    return at !== -1;
  });
}

interface Prefix {
  readonly path: string;
  readonly segments: readonly string[];
}

const coversPlain = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);

/**
 * Paths of a service that clients may not reach. Servers differ in what they decode, merge, ignore and resolve, so a
 * path is internal if any interpretation leads under a prefix.
 */
export class InternalPaths {
  private readonly prefixes: readonly Prefix[];

  /** @param prefixes as returned by `internalPathsIn` */
  constructor(prefixes: readonly string[]) {
    this.prefixes = prefixes.map((prefix) => ({
      path: prefix.toLowerCase().replace(/\/$/, ''),
      segments: segmentsOf(prefix),
    }));
  }

  /** @param path as sent to the instance, without the query */
  covers(path: string): boolean {
    if (!AMBIGUOUS.test(path)) {
      const lower = path.toLowerCase();
      return this.prefixes.some((prefix) => coversPlain(prefix.path, lower));
    }
    const text = decoded(path);
    const segments = segmentsOf(text);
    const leads = REMOVES_SEGMENTS.test(text) ? canBecome : beginsWith;
    return this.prefixes.some((prefix) => leads(segments, prefix.segments));
  }
}

/** The internal paths of the service whose instances are `fleet`. */
export const internalPathsOf = (fleet: Fleet): InternalPaths =>
  new InternalPaths(policyOf(declarationOf(declaredBy(fleet))).policy.internalPaths);

/** The internal paths of a service, as its instances declare them now. */
export class PresentInternalPaths {
  private fleet: Fleet | undefined;
  private paths = new InternalPaths([]);

  /** @param fleetOf the instances; another list after each change */
  constructor(private readonly fleetOf: () => Fleet) {}

  covers(path: string): boolean {
    const fleet = this.fleetOf();
    if (fleet !== this.fleet) {
      this.fleet = fleet;
      this.paths = internalPathsOf(fleet);
    }
    return this.paths.covers(path);
  }
}
