import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, StageResponse } from '../../exchange/stage.js';

const HSTS = 'strict-transport-security';
/** Browsers use https for a year. Not for subdomains: the gateway does not know whether all of them have https. */
const HSTS_VALUE = 'max-age=31536000';
const FRAME_OPTIONS = 'x-frame-options';
const CONTENT_SECURITY_POLICY = 'content-security-policy';

/** Adds the fields of a hardened site, each where the service set none. */
export class SecurityHeadersStage implements Stage {
  readonly name = 'security-headers';

  response(exchange: StageExchange, { fields }: StageResponse): void {
    const setDefault = (name: string, value: string): void => {
      if (fields.get(name) === undefined) fields.append(name, value);
    };
    setDefault('x-content-type-options', 'nosniff');
    setDefault('referrer-policy', 'strict-origin-when-cross-origin');
    // The service may allow frames by `frame-ancestors`, which replaces X-Frame-Options.
    if (!/frame-ancestors/i.test(fields.get(CONTENT_SECURITY_POLICY) ?? ''))
      setDefault(FRAME_OPTIONS, 'DENY');
    // Browsers ignore the field on http (RFC 6797, section 7.2).
    if (exchange.scheme === 'https') setDefault(HSTS, HSTS_VALUE);
  }
}
