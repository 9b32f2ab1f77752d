import { parsePolicyFile } from '../policy-file.js';
import type { MirrorPolicy } from './mirror.js';

const FILE = 'version: 1\n';

const problemsIn = (text: string): readonly string[] => {
  const parsed = parsePolicyFile(FILE + text);
  return 'file' in parsed ? [] : parsed.problems.map(({ message }) => message);
};

function mirrorOf(mirror: string): MirrorPolicy {
  const parsed = parsePolicyFile(`${FILE}services: { users: { mirror: ${mirror} } }`);
  if (!('file' in parsed)) throw new Error('the file has problems');
  return (parsed.file.services.get('users')?.get('mirror') as unknown as { value: MirrorPolicy }).value;
}

describe('mirror in the policy file', () => {
  it('has defaults', () => {
    expect(mirrorOf('{ to: { service: users-next } }')).toEqual({
      to: { service: 'users-next', version: undefined },
      percent: 100,
      methods: ['GET', 'HEAD'],
      maxBody: 0,
      compare: false,
      credentials: false,
    });
  });

  it('takes decimals of a percentage, methods and a size', () => {
    expect(
      mirrorOf('{ to: { version: 2.0.0 }, percent: 0.25, methods: [POST], maxBody: 64KiB, compare: true }'),
    ).toMatchObject({
      to: { version: '2.0.0' },
      percent: 0.25,
      methods: ['POST'],
      maxBody: 65_536,
      compare: true,
    });
  });

  it.each([
    ['{}', 'must have the member "to"'],
    ['{ to: {} }', 'must have either "service" or "version"'],
    ['{ to: { service: a, version: b } }', 'must have either "service" or "version"'],
    ['{ to: { service: Not_A_Name } }', 'must be the name of a service'],
    ['{ to: { version: 2.0 } }', 'must be a version as instances register it'],
    ['{ to: { service: a }, percent: 100.5 }', 'must be a number from 0 to 100'],
    ['{ to: { service: a }, methods: [get] }', 'must be a method in upper case'],
    ['{ to: { service: a }, maxBody: 2MiB }', 'must be a size from 0B to 1MiB'],
    ['{ to: { version: "2" }, credentials: true }', 'has "credentials", which belongs to "to.service"'],
    ['{ to: { service: users } }', 'has a "mirror" to its own service'],
    ['yes', 'must be none, or a mapping'],
  ])('refuses %s', (mirror, message) => {
    expect(problemsIn(`services: { users: { mirror: ${mirror} } }`)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it('may name in its defaults a service that has requests of its own', () => {
    expect(
      problemsIn(
        'defaults: { mirror: { to: { service: users } } }\nservices: { users: { securityHeaders: true } }',
      ),
    ).toEqual([]);
  });

  it('may not lead a route to the service that receives its requests', () => {
    const route =
      '{ name: a, match: { service: old }, to: { service: users }, mirror: { to: { service: users } } }';
    expect(problemsIn(`routes: [${route}]`)).toEqual([
      expect.stringContaining('routes[0] has a "mirror" to its own service'),
    ]);
  });
});
