import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describePolicy } from './describe-policy.js';
import { parsePolicyFile } from './policy-file.js';
import { POLICY_JSON_SCHEMA } from './policy-json-schema.js';

describe('The JSON Schema of the policy file', () => {
  // A description stands beside a reference, which draft 7 ignores and editors show.
  const isValid = new Ajv({ strict: true }).compile(POLICY_JSON_SCHEMA);
  const bySchema = (text: string): boolean => isValid(parse(text));
  const byGateway = (text: string): boolean => 'file' in parsePolicyFile(text);

  const { internalPaths: _internalPaths, ...policy } = describePolicy({ declaration: '', plain: {} });

  it.each([
    'version: 1',
    JSON.stringify({ version: 1, defaults: policy, services: { users: policy } }),
    'version: 1\ndefaults: { hedge: { after: 1m30s }, loadBalancer: { hashOn: "cookie:sid" } }',
  ])('agrees with the gateway on %j, except for the ranges of durations', (text) => {
    expect(bySchema(text)).toBe(true);
    expect(byGateway(text)).toBe(!text.includes('1m30s'));
  });

  it.each([
    '{}',
    '[]',
    'version: 2',
    'version: 1\nroutes: [{ name: a }]',
    'version: 1\nroutes: [{ name: a, match: { service: users }, other: 1 }]',
    'version: 1\ndefaults: { securityHeaders: yes }',
    'version: 1\nauthentication: { jwt: { corp: {} } }',
    'version: 1\nservices: { Users: {} }',
    'version: 1\ndefaults: { timeout: {} }',
    'version: 1\ndefaults: { timeouts: { connect: 5 } }',
    'version: 1\ndefaults: { timeouts: { connect: 5x } }',
    'version: 1\ndefaults: { hedge: { after: p100 } }',
    'version: 1\ndefaults: { retry: { retryOn: [sometimes] } }',
    'version: 1\ndefaults: { circuitBreaker: { statusCodes: [] } }',
    'version: 1\ndefaults: { concurrency: { queue: -1 } }',
  ])('refuses %j, as the gateway does', (text) => {
    expect([bySchema(text), byGateway(text)]).toEqual([false, false]);
  });
});
