import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onPrograms, tempDir } from '#testing';
import { curlService, TEXT, type Echo } from './support/curl-service.js';
import { onClientPlanes, SERVICE } from './support/on-clients.js';

const run = promisify(execFile);
/** `-q`: ignores the developer's `.curlrc`. */
const QUIET = ['-q', '-sS', '--max-time', '20'];

onPrograms(['curl'], 'curl', () => {
  const directory = tempDir();
  const upload = randomBytes(2 * 1024 * 1024);
  const uploadPath = join(directory.path, 'upload');
  const sha256 = createHash('sha256').update(upload).digest('hex');
  beforeAll(() => writeFileSync(uploadPath, upload));
  afterAll(() => directory.remove());

  /** Runs curl; returns the response body, and with `-v` the `trace` of the exchange. */
  async function curl(args: string[], input?: Buffer): Promise<{ stdout: string; trace: string }> {
    const env = { PATH: process.env.PATH };
    const running = run('curl', [...QUIET, ...args], { env, maxBuffer: 16 * 1024 * 1024 });
    running.child.stdin?.end(input);
    const { stdout, stderr } = await running;
    return { stdout, trace: stderr };
  }
  const seenBy = async (args: string[], input?: Buffer): Promise<Echo> =>
    JSON.parse((await curl(args, input)).stdout) as Echo;

  onClientPlanes('curl', curlService, (harness) => {
    it('uploads a file after 100 Continue', async () => {
      const { stdout, trace } = await curl([
        '-v',
        '-T',
        uploadPath,
        '-H',
        'Expect: 100-continue',
        harness().url,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ method: 'PUT', length: upload.length, sha256 });
      expect(trace.match(/< HTTP\/1\.1 \d+/g)).toEqual(['< HTTP/1.1 100', '< HTTP/1.1 200']);
    });

    it('uploads from a pipe, in chunks', async () => {
      const echo = await seenBy(['-T', '-', `${harness().url}/pipe`], upload);
      expect(echo).toMatchObject({ method: 'PUT', url: '/pipe', length: upload.length, sha256 });
      expect(echo.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    });

    it('sends a form with a file', async () => {
      const echo = await seenBy(['-F', `file=@${uploadPath}`, '-F', 'name=ann', `${harness().url}/form`]);
      expect(echo.method).toBe('POST');
      expect(echo.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(echo.length).toBe(Number(echo.headers['content-length']));
    });

    it('speaks HTTP/1.0', async () => {
      expect((await curl(['--http1.0', `${harness().url}/stream`])).stdout).toBe(TEXT);
      const echo = await seenBy(['--http1.0', '-d', 'a=1', `${harness().url}/form`]);
      expect(echo).toMatchObject({ method: 'POST', httpVersion: '1.1', length: 3 });
    });

    it('requests only the head', async () => {
      const { stdout } = await curl(['-I', `${harness().url}/text`]);
      expect(stdout).toMatch(/^HTTP\/1\.1 200 /);
      expect(stdout).toMatch(new RegExp(`^content-length: ${TEXT.length}\r$`, 'im'));
    });

    it('requests a range', async () => {
      const { stdout } = await curl(['-i', '-r', '10-19', `${harness().url}/range`]);
      expect(stdout).toMatch(/^HTTP\/1\.1 206 /);
      expect(stdout).toMatch(/^content-range: bytes 10-19\//im);
      expect(stdout.split('\r\n\r\n')[1]).toBe(TEXT.slice(10, 20));
    });

    it('receives a compressed response', async () => {
      expect((await curl(['--compressed', `${harness().url}/compressed`])).stdout).toBe(TEXT);
    });

    it('follows a redirect of the service below its prefix', async () => {
      const format = '%{num_redirects} %{url_effective}';
      const { stdout } = await curl(['-L', '-o', '/dev/null', '-w', format, `${harness().url}/moved`]);
      expect(stdout).toBe(`1 ${harness().url}/text`);
    });

    it('gets 400 for a path that leads out of the service', async () => {
      const args = ['-o', '/dev/null', '-w', '%{http_code}', '--path-as-is'];
      expect((await curl([...args, `${harness().url}/../other/x`])).stdout).toBe('400');
      expect((await seenBy(['--path-as-is', `${harness().url}/a%2Fb/;c?d=..`])).url).toBe('/a%2Fb/;c?d=..');
    });

    it('fetches several pages on one connection', async () => {
      const urls = ['/text', '/stream', '/echo'].flatMap((path) => ['-o', '/dev/null', harness().url + path]);
      const { stdout } = await curl(['-w', '%{http_code} %{num_connects}\n', ...urls]);
      expect(stdout).toBe('200 1\n200 0\n200 0\n');
    });

    it('reports a missing page with -f', async () => {
      await expect(curl(['-f', `${harness().gatewayUrl}/api/no-${SERVICE}/x`])).rejects.toMatchObject({
        code: 22,
      });
    });
  });
});
