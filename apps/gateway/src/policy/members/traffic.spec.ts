import { parsePolicyFile } from '../policy-file.js';
import type { TrafficPolicy } from './traffic.js';

const FILE = `version: 1
authentication: { apiKey: { partners: { keysFile: keys.yaml, consumerHeader: X-Consumer } } }
`;

const problemsIn = (text: string): string[] => {
  const parsed = parsePolicyFile(FILE + text);
  return 'problems' in parsed ? parsed.problems.map(({ line, message }) => `${line}: ${message}`) : [];
};

function trafficIn(traffic: string): TrafficPolicy {
  const parsed = parsePolicyFile(`${FILE}defaults: { auth: { anyOf: [partners] }, traffic: ${traffic} }`);
  if (!('file' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return (parsed.file.defaults.get('traffic') as unknown as { value: TrafficPolicy }).value;
}

describe('traffic in the policy file', () => {
  it('divides by client address unless it says otherwise', () => {
    expect(trafficIn('{ versions: [{ version: 1.4.0, weight: 95 }, { version: "2", weight: 5 }] }')).toEqual({
      versions: [
        { version: '1.4.0', weight: 95 },
        { version: '2', weight: 5 },
      ],
      cohort: { from: 'client' },
    });
  });

  it.each([
    ['client', { from: 'client' }],
    ['consumer', { from: 'consumer' }],
    ['cookie', { from: 'cookie' }],
    ['header:X-Tenant', { from: 'header', name: 'x-tenant' }],
  ])('accepts cohorts by %s', (cohort, expected) => {
    const traffic = `{ versions: [{ version: 1.0.0, weight: 1 }], cohort: "${cohort}" }`;
    expect(trafficIn(traffic).cohort).toEqual(expected);
  });

  it.each([
    ['{ cohort: client }', 'must have the member "versions"'],
    ['{ versions: [] }', 'must be a list that is not empty'],
    ['{ versions: [{ version: 1.0.0 }] }', 'must have the member "weight"'],
    ['{ versions: [{ version: 2.0, weight: 1 }] }', 'in quotes if it looks like a number'],
    ['{ versions: [{ version: "", weight: 1 }] }', 'version must be a version'],
    ['{ versions: [{ version: 1.0.0, weight: -1 }] }', 'weight must be a whole number from 0 to 1000000'],
    ['{ versions: [{ version: 1.0.0, weight: 0.5 }] }', 'weight must be a whole number'],
    ['{ versions: [{ version: 1.0.0, weight: 0 }] }', 'must have a weight above 0'],
    [
      '{ versions: [{ version: 1.0.0, weight: 1 }, { version: 1.0.0, weight: 2 }] }',
      'has the version "1.0.0" twice',
    ],
    ['{ versions: [{ version: 1.0.0, weight: 1 }], cohort: claim:sub }', 'must be client, consumer, cookie'],
    ['{ versions: [{ version: 1.0.0, weight: 1 }], cohort: "header:X-Consumer" }', 'use consumer'],
    ['{ versions: [{ version: 1.0.0, weight: 1 }], cohorts: client }', 'did you mean "cohort"'],
  ])('refuses %s', (traffic, expected) => {
    const problems = problemsIn(`services: { users: { traffic: ${traffic} } }`);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  it('needs authentication for cohorts by consumer, whichever level declares it', () => {
    const byConsumer = 'traffic: { versions: [{ version: 1.0.0, weight: 1 }], cohort: consumer }';
    expect(problemsIn(`services: { users: { ${byConsumer} } }`)).toEqual([
      expect.stringContaining('cohorts by consumer, which needs "auth" with providers'),
    ]);
    expect(
      problemsIn(`defaults: { auth: { anyOf: [partners] } }\nservices: { users: { ${byConsumer} } }`),
    ).toEqual([]);
    expect(
      problemsIn(
        `defaults: { auth: { anyOf: [partners] }, ${byConsumer} }\nservices: { users: { auth: none } }`,
      ),
    ).toEqual([expect.stringContaining('4: services.users has "traffic"')]);
  });
});
