import { dirname, resolve } from 'node:path';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { AppContext, MetricFamily } from '#service-kit';
import { statesCallers } from '../../../policy/members/authentication.js';
import type { LivePolicyFile } from '../../../policy/live-policy-file.js';
import type { PolicyFile } from '../../../policy/policy-file.js';
import type { ProviderState } from '../../../policy/provider-state.js';
import { apiKeyFamilies } from './api-key/api-key-families.js';
import { ApiKeyAuthenticator } from './api-key/api-key.authenticator.js';
import type { Authenticator, Unavailable } from './authenticator.js';
import { JwtAuthenticator } from './jwt/jwt.authenticator.js';
import { jwtFamilies } from './jwt/jwt-families.js';

/** An authenticator and the text of its provider in the policy file. */
interface Live {
  readonly authenticator: Authenticator;
  readonly text: string;
}

/**
 * The authenticators of the policy file. One is kept over reloads, with its keys and verified tokens, while its provider
 * stays the same.
 */
export class Authenticators implements OnModuleInit, OnModuleDestroy {
  private live: ReadonlyMap<string, Live> = new Map();
  private followed: PolicyFile | undefined;
  private isClosed = false;

  /** @param file `undefined`: there are no providers */
  constructor(
    private readonly file: LivePolicyFile | undefined,
    private readonly logger: AppContext['logger'],
  ) {
    file?.onChange(() => this.follow());
  }

  /** Starts to load keys; the start of the gateway does not wait for them. */
  onModuleInit(): void {
    this.follow();
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    for (const { authenticator } of this.live.values()) authenticator.close();
  }

  /** The authenticator of a provider of the file that is in effect. */
  get(name: string): Authenticator {
    // A route may be compiled before the listener of the constructor is called.
    this.follow();
    return this.live.get(name)?.authenticator ?? unavailable(name);
  }

  get states(): readonly ProviderState[] {
    return this.all.map((each) => each.state());
  }

  get families(): readonly MetricFamily[] {
    const { all } = this;
    return [
      ...jwtFamilies(all.filter((each) => each instanceof JwtAuthenticator)),
      ...apiKeyFamilies(all.filter((each) => each instanceof ApiKeyAuthenticator)),
    ];
  }

  private get all(): readonly Authenticator[] {
    return [...this.live.values()].map(({ authenticator }) => authenticator);
  }

  private follow(): void {
    const file = this.file?.current;
    if (!file || file === this.followed || this.isClosed) return;
    const before = this.live;
    this.live = new Map(
      [...file.providerTexts].flatMap(([name, text]): [string, Live][] => {
        const known = before.get(name);
        if (known?.text === text) return [[name, known]];
        const authenticator = this.create(name, file, known?.authenticator);
        return authenticator ? [[name, { authenticator, text }]] : [];
      }),
    );
    this.followed = file;
    for (const [name, each] of before) if (this.live.get(name) !== each) each.authenticator.close();
  }

  private create(
    name: string,
    { authentication: { jwt, apiKey } }: PolicyFile,
    predecessor: Authenticator | undefined,
  ): Authenticator | undefined {
    const folder = dirname(resolve(this.file?.path ?? ''));
    const around = { logger: this.logger, statesCallers: statesCallers({ jwt, apiKey }) };
    const provider = jwt?.get(name);
    if (provider) {
      const before = predecessor instanceof JwtAuthenticator ? predecessor : undefined;
      return new JwtAuthenticator(name, provider, { ...around, folder }, before);
    }
    const keys = apiKey?.get(name);
    if (!keys) return undefined;
    const before = predecessor instanceof ApiKeyAuthenticator ? predecessor : undefined;
    return new ApiKeyAuthenticator(name, keys, resolve(folder, keys.keysFile), around, before);
  }
}

const MISSING: Unavailable = { kind: 'unavailable', reason: 'provider missing', retryAfterSeconds: 5 };

/** Stands for a provider that cannot be had: it refuses every request. */
const unavailable = (name: string): Authenticator => ({
  name,
  scheme: 'Bearer',
  keyField: undefined,
  outage: MISSING,
  authenticate: () => MISSING,
  preview: () => MISSING,
  state: () => ({
    name,
    kind: 'jwt',
    source: '',
    isAvailable: false,
    loadedAt: null,
    lastError: null,
    keys: [],
  }),
  close: () => undefined,
});
