import type { Problem } from '#contracts';
import type { CorsPolicy } from '../../../policy/members/cors.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { originNotAllowed } from '../../exchange/problems.js';
import type {
  PolicyCounts,
  Preview,
  PreviewRequest,
  Reply,
  Stage,
  StageResponse,
} from '../../exchange/stage.js';
import { announcedMethod } from '../../http1/rules/preflight.js';
import { AllowedOrigins } from './allowed-origins.js';
import { varyOn } from './vary.js';

const ALLOW_ORIGIN = 'access-control-allow-origin';
const NO_CONTENT = 204;
const VARY = ['Origin'];
const VARY_PREFLIGHT = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];

/** Name and value. */
type Field = readonly [name: string, value: string];

/**
 * Responds to preflights, and tells browsers which pages may read responses (Fetch standard). All of a preflight's
 * fields are added in the `response` phase: it runs for every response, and replaces what the service says.
 */
export class CorsStage implements Stage {
  readonly name = 'cors';
  private readonly origins: AllowedOrigins;
  /** Fields for an allowed origin, beside `Access-Control-Allow-Origin`. */
  private readonly ofResponse: readonly Field[];
  private readonly ofPreflight: readonly Field[];

  constructor(
    policy: CorsPolicy,
    private readonly counts: PolicyCounts,
  ) {
    this.origins = new AllowedOrigins(policy.allowOrigins);
    const credentials: Field[] = policy.allowCredentials
      ? [['access-control-allow-credentials', 'true']]
      : [];
    this.ofResponse = [...credentials, ...listField('access-control-expose-headers', policy.exposeHeaders)];
    this.ofPreflight = [
      ...credentials,
      ...listField('access-control-allow-methods', policy.allowMethods),
      ...listField('access-control-allow-headers', policy.allowHeaders),
      ...maxAgeField(policy.maxAge),
    ];
  }

  request(exchange: StageExchange): Reply | Problem | undefined {
    if (announcedMethod(exchange) === undefined) return undefined;
    if (this.origins.allow(exchange.header('origin') ?? '')) {
      this.counts.allowed += 1;
      return granted({});
    }
    this.counts.refused.add('origin');
    exchange.refusal = 'cors: the origin is not allowed';
    return refused();
  }

  response(exchange: StageExchange, { fields, status, isOwn }: StageResponse): void {
    fields.removePrefixed('access-control-');
    const isPreflight = announcedMethod(exchange) !== undefined;
    varyOn(fields, isPreflight ? VARY_PREFLIGHT : VARY);
    const origin = exchange.header('origin');
    if (origin === undefined || !this.origins.allow(origin)) return;
    const isGranted = isPreflight && isOwn && status === NO_CONTENT;
    fields.append(ALLOW_ORIGIN, this.origins.isEvery ? '*' : origin);
    for (const [name, value] of isGranted ? this.ofPreflight : this.ofResponse) fields.append(name, value);
  }

  preview(request: PreviewRequest): Preview {
    const origin = request.header('origin');
    if (origin === undefined) return { decision: 'continue', detail: 'the request has no origin' };
    const isAllowed = this.origins.allow(origin);
    const detail = `the origin is ${isAllowed ? '' : 'not '}allowed`;
    if (announcedMethod(request) === undefined) return { decision: 'continue', detail };
    const reply = isAllowed
      ? granted(
          Object.fromEntries([[ALLOW_ORIGIN, this.origins.isEvery ? '*' : origin], ...this.ofPreflight]),
        )
      : refused();
    return { decision: 'respond', detail: `preflight: ${detail}`, reply };
  }
}

const granted = (fields: Reply['fields']): Reply => ({ status: NO_CONTENT, fields, body: Buffer.alloc(0) });

/** The Fetch standard recommends 403 without CORS fields. */
const refused = (): Problem => originNotAllowed('pages of this origin may not call this route');

const listField = (name: string, items: readonly string[] | undefined): readonly Field[] =>
  items ? [[name, items.join(', ')]] : [];

const maxAgeField = (ms: number | undefined): readonly Field[] =>
  ms === undefined ? [] : [['access-control-max-age', String(Math.floor(ms / 1000))]];
