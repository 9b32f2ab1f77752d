import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const API_KEY = new URL(
  '../../../dist/apps/gateway/src/proxy/stages/authentication/api-key/api-key.js',
  import.meta.url,
).pathname;
const SECONDS_OF_A_DAY = 86_400;
/** Never refused in a run. */
const MANY = 1_000_000_000;
const ORIGIN = 'https://shop.example.com';

const members = {
  access: () => ({ policy: { access: { allow: ['127.0.0.0/8'] } } }),
  cors: () => ({
    policy: { cors: { allowOrigins: [ORIGIN], allowMethods: ['GET'], exposeHeaders: ['etag'] } },
    headers: { origin: ORIGIN },
  }),
  requestHeaders: () => ({
    policy: { requestHeaders: { set: { 'x-edge': 'a' }, remove: ['x-debug'] } },
  }),
  responseHeaders: () => ({
    policy: { responseHeaders: { set: { 'x-edge': 'a' }, remove: ['server'] } },
  }),
  securityHeaders: () => ({ policy: { securityHeaders: true } }),
  rewrite: () => ({ policy: { rewrite: { host: 'instance' } } }),
  limits: () => ({ policy: { limits: { requestBody: '1MiB' } } }),
  cache: () => ({ policy: { cache: { enabled: true } } }),
  rateLimits: () => ({ policy: { rateLimits: [{ name: 'per-client', requests: MANY, per: '1m' }] } }),
  // Instances of the bench register without a version.
  traffic: () => ({
    policy: {
      traffic: {
        versions: [
          { version: '0.0.0', weight: 95 },
          { version: '1.0.0', weight: 5 },
        ],
      },
    },
  }),
  jwt: (directory) => {
    const { jwks, token } = signed();
    const file = join(directory, `jwks-${randomBytes(4).toString('hex')}.json`);
    writeFileSync(file, JSON.stringify(jwks));
    const provider = { issuer: 'bench', audiences: ['bench'], algorithms: ['ES256'], jwks: { file } };
    return {
      authentication: { jwt: { tokens: { ...provider, claimToHeaders: { sub: 'x-user-id' } } } },
      providers: ['tokens'],
      headers: { authorization: `Bearer ${token}` },
    };
  },
  apiKey: async (directory) => {
    const { newApiKey } = await import(API_KEY);
    const key = newApiKey();
    const file = join(directory, `keys-${randomBytes(4).toString('hex')}.yaml`);
    const sha256 = createHash('sha256').update(key).digest('hex');
    writeFileSync(file, JSON.stringify({ version: 1, keys: [{ sha256, consumer: 'bench' }] }));
    return {
      authentication: { apiKey: { keys: { keysFile: file, consumerHeader: 'x-consumer' } } },
      providers: ['keys'],
      headers: { 'x-api-key': key },
    };
  },
};

/** Policies of one member each, and what a public API has. */
export const POLICIES = {
  ...Object.fromEntries(Object.keys(members).map((name) => [name, [name]])),
  'jwt, rateLimits, cors, securityHeaders': ['jwt', 'rateLimits', 'cors', 'securityHeaders'],
};

/** Writes a policy file with these members. @returns its path and the header fields that requests need */
export async function writePolicies(names, directory) {
  const parts = await Promise.all(names.map((name) => members[name](directory)));
  const merged = (part) => Object.assign({}, ...parts.map((each) => each[part]));
  const anyOf = parts.flatMap(({ providers = [] }) => providers);
  const file = {
    version: 1,
    authentication: merged('authentication'),
    defaults: { ...merged('policy'), ...(anyOf.length > 0 && { auth: { anyOf } }) },
  };
  const path = join(directory, `gateway-${randomBytes(4).toString('hex')}.json`);
  writeFileSync(path, JSON.stringify(file));
  return { path, headers: merged('headers') };
}

/** A token that is valid for a day, and the keys that verify it. */
function signed() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'bench', aud: 'bench', sub: 'user-1', iat: now, exp: now + SECONDS_OF_A_DAY };
  const text = `${encode({ alg: 'ES256', kid: 'a', typ: 'JWT' })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return {
    token: `${text}.${signature.toString('base64url')}`,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a', alg: 'ES256', use: 'sig' }] },
  };
}
