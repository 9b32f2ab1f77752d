import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A JSON Web Key. */
export type TestJwk = Readonly<Record<string, unknown>>;

/** A key of an issuer. */
export interface SigningKey {
  readonly alg: 'ES256' | 'RS256' | 'HS256';
  readonly kid: string;
  readonly secret: KeyObject | Buffer;
  /** What the key set has of it. */
  readonly jwk: TestJwk;
}

/** @param bits size of an RSA key */
export function newSigningKey(kid: string, alg: SigningKey['alg'] = 'ES256', bits = 2048): SigningKey {
  const described = { kid, alg, use: 'sig' };
  if (alg === 'HS256') {
    const secret = randomBytes(32);
    return { alg, kid, secret, jwk: { ...described, kty: 'oct', k: secret.toString('base64url') } };
  }
  const { publicKey, privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: bits });
  return { alg, kid, secret: privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), ...described } };
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed token, or one that a hostile client would make: every member of its head can be set. */
export function signToken(
  { alg, kid, secret }: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  head: Readonly<Record<string, unknown>> = {},
): string {
  const signed = `${part({ alg, kid, typ: 'JWT', ...head })}.${part(claims)}`;
  const signature = Buffer.isBuffer(secret)
    ? createHmac('sha256', secret).update(signed).digest()
    : sign('sha256', Buffer.from(signed), { key: secret, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** An issuer of tokens that publishes its key set over HTTP. */
export class TestIssuer {
  /** Number of times that the key set was requested. */
  fetches = 0;
  /** Responds to these requests. */
  respond: RequestListener = (_request, response) => response.end(JSON.stringify({ keys: this.published }));
  /** The key set. */
  published: readonly TestJwk[];
  private server: Server | undefined;
  private port = 0;

  static async start(key = newSigningKey('first')): Promise<TestIssuer> {
    const issuer = new TestIssuer(key);
    await issuer.open();
    return issuer;
  }

  private constructor(public key: SigningKey) {
    this.published = [key.jwk];
  }

  readonly name = 'https://issuer.example/';
  readonly audience = 'shop';

  get url(): string {
    return `http://127.0.0.1:${this.port}/jwks.json`;
  }

  /** Listens again on the same port after {@link close}. */
  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      this.fetches += 1;
      this.respond(request, response);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** A valid token of one hour, except for the claims that are given; `undefined` removes one. */
  token(
    claims: Readonly<Record<string, unknown>> = {},
    head: Readonly<Record<string, unknown>> = {},
    key = this.key,
  ): string {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    return signToken(key, { iss: this.name, aud: this.audience, sub: 'alice', exp, ...claims }, head);
  }

  /** The provider in a policy file. */
  provider(members = ''): string {
    return `{ issuer: "${this.name}", audiences: [${this.audience}], algorithms: [ES256, RS256], jwks: { url: "${this.url}" }${members} }`;
  }
}
