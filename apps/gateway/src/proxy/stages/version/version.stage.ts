import { randomBytes } from 'node:crypto';
import type { Instance } from '../../../discovery/index.js';
import type { CohortKey } from '../../../policy/members/traffic.js';
import { hashOf } from '../../balancing/text-hash.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { RouteVersions } from '../../exchange/route.js';
import {
  StageSlot,
  type Preview,
  type PreviewRequest,
  type Stage,
  type StageResponse,
} from '../../exchange/stage.js';
import { cohortOf, cohortSourceOf } from './cohort.js';

/** What the version stage of one route is built from. */
export interface VersionParts {
  readonly service: string;
  readonly key: CohortKey;
  readonly versions: RouteVersions;
  /** The instances of the service that can take requests now. */
  readonly available: () => readonly Instance[];
}

/** Decides which version of the service gets a request, once; attempts stay in that version. */
export class VersionStage implements Stage {
  readonly name = 'version';
  private readonly cookie: string;
  /** The cookie for a client that has none. */
  private readonly slot = new StageSlot<string>();
  readonly response?: NonNullable<Stage['response']>;

  constructor(private readonly parts: VersionParts) {
    this.cookie = `cohort-${parts.service}`;
    if (parts.key.from === 'cookie')
      this.response = (exchange, response) => this.addCookie(exchange, response);
  }

  request(exchange: StageExchange): undefined {
    const { key, versions, available } = this.parts;
    exchange.cohort = hashOf(cohortOf(exchange, key, this.cookie) ?? this.newCookie(exchange));
    // Without any instance the version is still known: the cache may have a response of it.
    exchange.version =
      versions.select(exchange.cohort, available(), UNTRIED) ?? versions.home(exchange.cohort);
  }

  preview(request: PreviewRequest): Preview {
    const { key, versions, available } = this.parts;
    const cohort = cohortOf(request, key, this.cookie);
    const hash = cohort === undefined ? 0 : hashOf(cohort);
    const home = versions.home(hash);
    const isOnlyVersion = versions.weightOf(home) === versions.totalWeight;
    if (cohort === undefined && !isOnlyVersion) return { decision: 'continue', detail: this.unknownCohort };
    const version = versions.select(hash, available(), UNTRIED) ?? home;
    request.version = version;
    const shares = `${versions.weightOf(version)} of ${versions.totalWeight}`;
    const source = cohort === undefined ? '' : ` by ${cohortSourceOf(request, key, this.cookie)}`;
    const detail = `version ${version} (weight ${shares})${source}`;
    return {
      decision: 'continue',
      detail: version === home ? detail : `${detail}; ${home} has no available instance`,
    };
  }

  private get unknownCohort(): string {
    return this.parts.key.from === 'cookie'
      ? `a client without the cookie ${this.cookie} gets a random cohort`
      : 'the version depends on the client address, which is not stated';
  }

  private addCookie(exchange: StageExchange, { fields }: StageResponse): void {
    const cookie = this.slot.get(exchange);
    if (cookie !== undefined)
      fields.append('set-cookie', `${this.cookie}=${cookie}; Path=/; HttpOnly; SameSite=Lax`);
  }

  private newCookie(exchange: StageExchange): string {
    const cookie = randomBytes(COOKIE_BYTES).toString('base64url');
    this.slot.set(exchange, cookie);
    return cookie;
  }
}

const COOKIE_BYTES = 16;
const UNTRIED = { hasTried: () => false };
