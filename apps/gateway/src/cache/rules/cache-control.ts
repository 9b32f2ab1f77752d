/** One member of the list: a token, optionally with a token or a quoted string as its argument; or nothing. */
const MEMBER =
  /[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)(?:=(?:"((?:[^"\\]|\\[^])*)"|([!#$%&'*+\-.^_`|~\w]+)))?[ \t]*)?(?:,|$)/y;

/** A longer time means the same (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/**
 * The directives of a `Cache-Control` field (RFC 9111, section 5.2). Of a directive that is repeated, the most
 * restrictive argument applies.
 */
export class CacheControl {
  private constructor(
    private readonly directives: ReadonlyMap<string, readonly (string | undefined)[]>,
    /** A part is no directive: what it should forbid is unknown. */
    readonly isMalformed: boolean,
    /** It also replaces `Expires` (RFC 9213, section 2.2). */
    readonly isTargeted = false,
  ) {}

  static readonly NONE = new CacheControl(new Map(), false);

  /**
   * The directives of a field for this cache.
   * @param directives arguments by the name in lower case
   */
  static targeted(directives: ReadonlyMap<string, readonly (string | undefined)[]>): CacheControl {
    return new CacheControl(directives, false, true);
  }

  /** @param value `undefined`: the field is absent */
  static parse(value: string | undefined): CacheControl {
    if (value === undefined) return CacheControl.NONE;
    const directives = new Map<string, (string | undefined)[]>();
    for (let at = 0; at < value.length; at = MEMBER.lastIndex) {
      MEMBER.lastIndex = at;
      const member = MEMBER.exec(value);
      if (!member) return new CacheControl(directives, true);
      const [, name, quoted, token] = member;
      if (name === undefined) continue;
      const key = name.toLowerCase();
      const given = directives.get(key);
      if (given) given.push(quoted ?? token);
      else directives.set(key, [quoted ?? token]);
    }
    return new CacheControl(directives, false);
  }

  has(name: string): boolean {
    return this.directives.has(name);
  }

  /**
   * The argument in seconds; `undefined` without the directive. An invalid argument is 0.
   * @param bare the value of the directive without an argument
   */
  seconds(name: string, bare = 0): number | undefined {
    const given = this.directives.get(name);
    return given && Math.min(...given.map((each) => (each === undefined ? bare : secondsOf(each))));
  }
}

const secondsOf = (text: string): number => (/^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : 0);
