import { parsePolicyFile } from '../policy-file.js';

const problemsIn = (cors: object): readonly string[] => {
  const parsed = parsePolicyFile(JSON.stringify({ version: 1, defaults: { cors } }));
  return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
};

describe('The member cors', () => {
  it.each([
    'https://app.example.com',
    'http://localhost:3000',
    'http://[::1]:8080',
    'capacitor://localhost',
    'https://*.example.com',
    'https://*.example.com:8443',
    'HTTPS://App.Example.com:443',
    '*',
  ])('has the origin %s', (origin) => expect(problemsIn({ allowOrigins: [origin] })).toEqual([]));

  it.each([
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://user@app.example.com',
    'https://app.example.com?x',
    'https://app.example.com#x',
    'https://',
    'https://app.example.com:',
    'https://app.example.com:99999',
    'https://*',
    'https://*example.com',
    'https://*.*.example.com',
    'https://app.*.com',
    'https://*..example.com',
    'https://*.0.0.1',
    'https://*.[::1]',
    '*://app.example.com',
    'capacitor://*.localhost',
    'https://ex%61mple.com',
    'https://a b.com',
    'https://app.example.com\n',
    '',
  ])('refuses the origin %j', (origin) => {
    expect(problemsIn({ allowOrigins: [origin] })).toEqual([
      expect.stringMatching(/^defaults\.cors\.allowOrigins\[0\] must be "\*", an origin without path/),
    ]);
  });

  it.each([
    [{}, 'defaults.cors must have the member "allowOrigins"'],
    [{ allowOrigins: [] }, 'defaults.cors.allowOrigins must be a list that is not empty'],
    [{ allowOrigins: ['*', 'https://a.test'] }, 'defaults.cors.allowOrigins must have "*" alone'],
    [
      { allowOrigins: ['*'], allowCredentials: true },
      'defaults.cors must not have "*" in allowOrigins with allowCredentials',
    ],
    [
      { allowOrigins: ['https://a.test'], allowHeaders: ['*'], exposeHeaders: ['*'], allowCredentials: true },
      'defaults.cors must not have "*" in allowHeaders, exposeHeaders with allowCredentials',
    ],
    [{ allowOrigins: ['*'], allowMethods: ['get'] }, 'defaults.cors.allowMethods[0] must be "*" or a method'],
    [{ allowOrigins: ['*'], allowHeaders: ['a b'] }, 'defaults.cors.allowHeaders[0] must be "*" or the name'],
    [{ allowOrigins: ['*'], maxAge: '25h' }, 'defaults.cors.maxAge must be a duration from 0s to 24h'],
    [{ allowOrigins: ['*'], maxAge: 600 }, 'defaults.cors.maxAge must be a duration from 0s to 24h'],
  ])('with %j is refused', (cors, problem) => {
    expect(problemsIn(cors)).toEqual([expect.stringContaining(problem)]);
  });
});
