import type { Instance } from '../../discovery/index.js';
import type { Balancer, Picking } from '../exchange/balancer.js';
import { cookieValue } from './cookie-value.js';
import { ListBalancer } from './list.balancer.js';
import { isOpen } from './room.js';
import { hashOf } from './text-hash.js';

/** Cookie value that represents an instance, so that clients do not see instance ids. */
const tokenOf = ({ id }: Instance): string => `${hashOf(id).toString(36)}${hashOf(id, 1).toString(36)}`;

/** Session affinity: returns a client to its first instance, by a cookie that the gateway sets. */
export class StickyCookieBalancer extends ListBalancer {
  readonly name = 'sticky-cookie';
  private tokens: readonly string[] = [];
  private places: ReadonlyMap<string, number> = new Map();

  /**
   * @param cookie name of the cookie
   * @param first picks for clients without a cookie, or whose instance cannot take the request
   */
  constructor(
    private readonly cookie: string,
    private readonly first: Balancer,
    limit = Infinity,
  ) {
    super(limit, Math.random);
  }

  protected prepare(available: readonly Instance[]): void {
    this.tokens = available.map(tokenOf);
    this.places = new Map(this.tokens.map((token, place) => [token, place]));
  }

  protected choose(available: readonly Instance[], exchange: Picking): Instance | undefined {
    exchange.affinityCookie = undefined;
    const known = this.knownTo(available, exchange);
    if (known && isOpen(known, exchange, this.limit)) return known;
    const picked = this.first.pick(available, exchange);
    // A client keeps its cookie when its instance is only full, and returns to it later.
    if (picked && (!known || exchange.hasTried(known))) this.bind(exchange, available.indexOf(picked));
    return picked;
  }

  private knownTo(available: readonly Instance[], exchange: Picking): Instance | undefined {
    const token = cookieValue(exchange.header('cookie'), this.cookie);
    const place = token === undefined ? undefined : this.places.get(token);
    return place === undefined ? undefined : available[place];
  }

  private bind(exchange: Picking, place: number): void {
    exchange.affinityCookie = `${this.cookie}=${this.tokens[place] ?? ''}; Path=/; HttpOnly; SameSite=Lax`;
  }
}
