import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { PurgePosition } from '../purges/shared-purges.js';
import { variantOf, type HeaderOf } from '../rules/vary.js';
import type { SharedResponses } from '../shared-responses.js';
import type { StoredResponse } from '../stored-response.js';
import type { PurgeSession } from './purge-session.js';
import type { PurgeStream } from './purge-stream.js';
import { decode, encodeResponse, encodeVary, msUsable } from './stored-value.js';

/** Larger bodies would delay the small commands of all gateways. */
const MAX_BODY_BYTES = 1024 ** 2;

/** Options of {@link RedisTier}. */
export interface RedisTierOptions {
  /** Prefix of all keys. */
  readonly prefix: string;
  /** How long a request waits for a stored response, milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Stored responses that all gateways share, in Redis. A value has the position of purges when its request was sent.
 * Each gateway knows the purges after it, so a purge deletes no values and none that it concerns is used, however late
 * a gateway stores it.
 */
export class RedisTier implements SharedResponses {
  /** Look-ups by result. */
  readonly lookUps = { hit: 0, miss: 0, late: 0, failed: 0 };
  /** Look-ups that Redis has not responded to in time. */
  private overdue = 0;

  constructor(
    private readonly stream: PurgeStream,
    private readonly options: RedisTierOptions,
  ) {}

  /** While Redis is away or late, requests do not wait. */
  get isAvailable(): boolean {
    return this.stream.openSession !== undefined && this.overdue === 0;
  }

  get position(): PurgePosition | undefined {
    return this.stream.position;
  }

  async find(key: string, headerOf: HeaderOf): Promise<StoredResponse | undefined> {
    const { openSession: session, position } = this.stream;
    if (!session || !position) return undefined;
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        this.overdue += 1;
        this.lookUps.late += 1;
        resolve(undefined);
      }, this.options.maxWaitMs);
    });
    const found = this.read(session, position.epoch, key, headerOf)
      .then((response) => {
        if (!isLate) this.lookUps[response ? 'hit' : 'miss'] += 1;
        return response;
      })
      .catch((error: unknown) => this.handleFailure(session, error))
      .finally(() => {
        clearTimeout(timer);
        if (isLate) this.overdue -= 1;
      });
    return Promise.race([found, late]);
  }

  store(key: string, response: StoredResponse, position: PurgePosition | undefined): void {
    const { openSession: session, position: current } = this.stream;
    const ms = msUsable(response, performance.now());
    if (!session || ms <= 0 || response.body.length > MAX_BODY_BYTES) return;
    if (position?.epoch !== current?.epoch || !position) return;
    const { vary, variant } = response;
    const values: [string, Buffer][] = [];
    if (vary.length > 0) values.push([key, encodeVary(vary)]);
    values.push([variantKey(key, vary, variant), encodeResponse(response, position)]);
    for (const [each, value] of values)
      session.commands
        .set(this.redisKey(position.epoch, each), value, 'PX', ms)
        .catch((error: unknown) => this.handleFailure(session, error));
  }

  private async read(
    session: PurgeSession,
    epoch: string,
    key: string,
    headerOf: HeaderOf,
  ): Promise<StoredResponse | undefined> {
    let value = await this.get(session, epoch, key);
    if (value && 'vary' in value) {
      const variant = variantOf(value.vary, headerOf);
      value = await this.get(session, epoch, variantKey(key, value.vary, variant));
    }
    if (!value || 'vary' in value) return undefined;
    const { response, position: id } = value;
    return this.stream.hasPurged(response, { epoch, id }) ? undefined : response;
  }

  private async get(session: PurgeSession, epoch: string, key: string) {
    const redisKey = this.redisKey(epoch, key);
    const [[, value] = [], [, msLeft] = []] =
      (await session.commands.multi().getBuffer(redisKey).pttl(redisKey).exec()) ?? [];
    if (!Buffer.isBuffer(value)) return undefined;
    const decoded = decode(value, Number(msLeft), performance.now());
    if (!decoded) await session.commands.unlink(redisKey);
    return decoded;
  }

  /** A command that Redis refuses, for example for lack of memory, does not end the session. */
  private handleFailure(session: PurgeSession, error: unknown): undefined {
    this.lookUps.failed += 1;
    if (!(error instanceof Error && error.name === 'ReplyError')) session.end();
  }

  private redisKey(epoch: string, key: string): string {
    const hash = createHash('sha256').update(key).digest('base64url');
    return `{${this.options.prefix}}:cache:${epoch}:${hash}`;
  }
}

const variantKey = (key: string, vary: readonly string[], variant: string): string =>
  vary.length === 0 ? key : `${key}\n${vary.join()}\n${variant}`;
