import { launchNode } from '#testing';

async function chaos(...args: readonly string[]) {
  const program = launchNode('scripts/chaos.mjs', args);
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

describe('npm run chaos', () => {
  it('prints its usage with --help', async () => {
    const { code, stdout } = await chaos('--help');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('usage: npm run chaos -- kill|hang|slow|errors SERVICE'),
    ]);
  });

  it.each([
    [['fly', 'user-service'], 'the fault must be one of kill, hang, slow, errors'],
    [['kill'], 'one SERVICE must be named'],
    [['kill', 'user-service', '--for', '10'], '--for must be a duration such as 500ms, 10s or 2m'],
    [['kill', 'user-service', '--for', '11m'], '--for must be'],
    [['errors', 'user-service', '--percent', '0'], '--percent must be a whole number from 1 to 100'],
    [['slow', 'user-service', '--pid', '7'], '--pid cannot make an instance slow'],
    [['errors', 'user-service', '--prod'], '--compose cannot make an instance errors'],
    [['kill', 'user-service', '--pid', '7', '--compose'], '--compose and --pid exclude each other'],
    [['kill', 'user-service', '--process', '--prod'], '--compose and --process exclude each other'],
    [['kill', 'user-service', '--header', 'secret'], "--header must be a header field such as 'x-api-key: "],
    [['kill', 'user-service', '--all', '--instance', 'a'], '--all excludes --instance and --pid'],
    [['kill', 'user-service', '--fast'], "Unknown option '--fast'"],
    [
      ['kill', 'user-service', '--url', 'http://gateway.example'],
      'http://gateway.example is not this machine',
    ],
    [
      ['kill', 'user-service', '--process', '--allow-remote', '--url', 'http://gateway.example'],
      'http://gateway.example is not this machine: --process finds processes of this one only',
    ],
    [
      ['hang', 'user-service', '--process', '--allow-remote', '--admin-url', 'http://192.0.2.1'],
      'http://192.0.2.1 is not this machine: --process finds processes of this one only',
    ],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await chaos(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('usage: npm run chaos');
  });

  it('expects a stack of docker-compose.prod.yml at the port of its nginx', async () => {
    const program = launchNode('scripts/chaos.mjs', ['kill', 'user-service', '--prod'], { HTTPS_PORT: '9' });
    expect((await program.exited).code).toBe(2);
    expect(program.stderr).toContain('https://localhost:9');
  });

  it.each(['/nonexistent/report.html', '/'])('refuses the report %s before the drill', async (report) => {
    const { code, stderr } = await chaos(
      'kill',
      'user-service',
      '--url',
      'http://127.0.0.1:9',
      '--report',
      report,
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\/\S* cannot be written \((ENOENT|EISDIR)\)\n$/);
  });

  it('says that no system runs', async () => {
    const { code, stderr } = await chaos('kill', 'user-service', '--url', 'http://127.0.0.1:9');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^no response from http:\/\/127\.0\.0\.1:9\S+ \(.+\); start the system first \(npm start\), or name its address with --url\n$/,
    );
  });
});
