import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Fields, Stage, StageResponse } from '../../exchange/stage.js';

const HSTS = 'strict-transport-security';
/** Browsers use https for a year. Not for subdomains: the gateway does not know whether all of them have https. */
const HSTS_VALUE = 'max-age=31536000';
const FRAME_OPTIONS = 'x-frame-options';
const CONTENT_TYPE_OPTIONS = 'x-content-type-options';
const REFERRER_POLICY = 'referrer-policy';

/** Adds the fields of a hardened site, each where the service set none. */
export class SecurityHeadersStage implements Stage {
  readonly name = 'security-headers';

  response(exchange: StageExchange, { fields }: StageResponse): void {
    const hasType = fields.get(CONTENT_TYPE_OPTIONS) !== undefined;
    const hasReferrer = fields.get(REFERRER_POLICY) !== undefined;
    const hasFrames = fields.get(FRAME_OPTIONS) !== undefined || this.allowsFrames(fields);
    // Browsers ignore the field on http (RFC 6797, section 7.2).
    const hasTransport = exchange.scheme === 'http' || fields.get(HSTS) !== undefined;
    // Searches are cheaper before fields are added.
    if (!hasType) fields.append(CONTENT_TYPE_OPTIONS, 'nosniff');
    if (!hasReferrer) fields.append(REFERRER_POLICY, 'strict-origin-when-cross-origin');
    if (!hasFrames) fields.append(FRAME_OPTIONS, 'DENY');
    if (!hasTransport) fields.append(HSTS, HSTS_VALUE);
  }

  /** Whether the service says who may frame it by `frame-ancestors`, which replaces X-Frame-Options. */
  private allowsFrames(fields: Fields): boolean {
    const policy = fields.get('content-security-policy');
    return policy !== undefined && /frame-ancestors/i.test(policy);
  }
}
