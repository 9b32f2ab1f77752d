import type { Problem } from '#contracts';
import type { RedirectPolicy } from '../../../policy/members/redirect.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { malformedRequest } from '../../exchange/problems.js';
import type { Preview, PreviewRequest, Reply, Stage } from '../../exchange/stage.js';

/** The URL of a request, as the client used it. */
type ClientUrl = Pick<StageExchange, 'scheme' | 'publicHost' | 'publicTarget'>;

const EMPTY = Buffer.alloc(0);

/** Sends clients to another location. A request for that location itself continues, so that no client runs in circles. */
export class RedirectStage implements Stage {
  readonly name = 'redirect';

  constructor(private readonly policy: RedirectPolicy) {}

  request(url: ClientUrl): Reply | Problem | undefined {
    if (this.isAt(url)) return undefined;
    const location = this.locationFor(url);
    if (location === undefined) return malformedRequest('the request must have a Host field');
    return { status: this.policy.status, fields: { location }, body: EMPTY };
  }

  preview(request: PreviewRequest): Preview {
    const reply = this.request({
      scheme: request.header('x-forwarded-proto') === 'https' ? 'https' : 'http',
      publicHost: request.header('x-forwarded-host') ?? request.header('host') ?? 'localhost',
      publicTarget: request.target,
    });
    if (!reply) return { decision: 'continue', detail: 'the request is at the location already' };
    return { decision: 'respond', detail: 'the client is sent to another location', reply };
  }

  private isAt({ scheme, publicHost, publicTarget }: ClientUrl): boolean {
    const { policy } = this;
    return (
      (policy.scheme ?? scheme) === scheme &&
      (policy.host?.toLowerCase() ?? publicHost?.toLowerCase()) === publicHost?.toLowerCase() &&
      (policy.path ?? publicTarget) === publicTarget
    );
  }

  private locationFor({ publicHost, publicTarget }: ClientUrl): string | undefined {
    const { scheme, host, path = publicTarget } = this.policy;
    if (scheme === undefined && host === undefined) return path;
    const authority = host ?? publicHost;
    // Without a scheme, the location has that of the request (RFC 3986, section 4.2).
    return authority && `${scheme === undefined ? '' : `${scheme}:`}//${authority}${path}`;
  }
}
