import { parsePolicyFile } from '../policy-file.js';

const AUTHENTICATION = {
  jwt: {
    corp: {
      issuer: 'https://id.example.com/',
      audiences: ['shop'],
      algorithms: ['RS256'],
      jwks: { file: 'keys.json' },
      claimToHeaders: { sub: 'X-User-Id' },
    },
  },
  apiKey: { partners: { keysFile: 'keys.yaml', consumerHeader: 'x-consumer' } },
};

const problemsIn = (member: string, edits: object): readonly string[] => {
  const parsed = parsePolicyFile(
    JSON.stringify({ version: 1, authentication: AUTHENTICATION, defaults: { [member]: edits } }),
  );
  return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
};

const OF_THE_GATEWAY = [
  ...['Connection', 'keep-alive', 'Proxy-Connection', 'TE', 'Transfer-Encoding', 'Upgrade', 'trailer'],
  ...['content-length', 'Host', 'Via', 'date', 'Expect', 'x-request-id', 'proxy-authorization', 'proxy'],
  ...['X-Forwarded-For', 'x_forwarded_proto', 'X-Real-IP', 'Forwarded', 'x-forwarded-anything'],
];

describe.each(['requestHeaders', 'responseHeaders'])('The member %s', (member) => {
  it('has edits with placeholders, and names in any case', () => {
    expect(
      problemsIn(member, {
        set: { 'X-By': 'gateway ${consumer}/${requestId}', 'x-price': '$5 {a} $' },
        add: { 'Set-Cookie': 'a=1; Path=/', 'x-by': '${clientAddress}${service}' },
        remove: ['Server', 'x-by'],
      }),
    ).toEqual([]);
  });

  it.each(OF_THE_GATEWAY)('cannot edit the field %s', (name) => {
    for (const edits of [{ set: { [name]: 'x' } }, { add: { [name]: 'x' } }, { remove: [name] }])
      expect(problemsIn(member, edits)).toEqual([
        expect.stringMatching(
          /must not have the field ".*": it belongs to the connection, or the gateway sets it$/,
        ),
      ]);
  });

  it.each(['${user}', 'a ${consumer', '${}', '${ consumer }', '${CONSUMER}', '${requestId}${env:HOME}'])(
    'refuses the value %j',
    (value) => {
      expect(problemsIn(member, { set: { 'x-a': value } })).toEqual([
        `defaults.${member}.set.x-a may contain \${consumer}, \${requestId}, \${clientAddress}, \${service} and no other "\${"`,
      ]);
    },
  );

  it.each(['a\r\nset-cookie: b=1', 'a\n', '\0', 'é', '한', '', 5, true, ['a']])(
    'refuses the value %j, which no field can have',
    (value) => {
      expect(problemsIn(member, { add: { 'x-a': value } })).toEqual([
        `defaults.${member}.add.x-a must be a text of ASCII characters`,
      ]);
    },
  );

  it.each([
    [{}, 'must have "set", "add" or "remove"'],
    [{ set: { 'x-a': '1', 'X-A': '2' } }, '.set has the field "x-a" twice'],
    [{ set: { 'a b': '1' } }, '.set has the invalid name "a b"'],
    [{ remove: ['a:'] }, '.remove[0] must be the name of a header field'],
    [{ delete: ['a'] }, 'has no member "delete"'],
  ])('is refused with %j', (edits, problem) => {
    expect(problemsIn(member, edits)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('The member requestHeaders', () => {
  it.each(['x-user-id', 'X_User_Id', 'X-Consumer', 'x_consumer', 'x.consumer', 'X-Api-Key', 'x_api_key'])(
    'cannot edit %s, which authentication needs',
    (name) => {
      expect(problemsIn('requestHeaders', { set: { [name]: 'admin' } })).toEqual([
        expect.stringMatching(
          /an authentication provider sets it|carries the key of an authentication provider/,
        ),
      ]);
      expect(problemsIn('responseHeaders', { set: { [name]: 'admin' } })).toEqual([]);
    },
  );
});
