import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readiness } from '#service-kit';
import { bootForTest, call, tempDir, waitFor, type TestApp } from '#testing';
import { userService } from '#apps/user-service';

const disk = tempDir('full-disk-');

function mountDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk.path], { stdio: 'ignore' });
    return true;
  } catch {
    disk.remove();
    process.stderr.write('A file system cannot be mounted here: skipping "a service whose disk is full"\n');
    return false;
  }
}

/** Fills the rest of the disk; returns the file that occupies it. */
function fill(): string {
  const file = join(disk.path, 'fill');
  try {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
  } catch {
    return file;
  }
}

(mountDisk() ? describe : describe.skip)('a service whose disk is full', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await bootForTest(userService, { DATA_DIR: disk.path });
  });
  afterAll(async () => {
    await app.close();
    // Lazy unmount: libsql keeps the file open until its statements are garbage-collected.
    execFileSync('umount', ['-l', disk.path]);
    disk.remove();
  });

  const add = (name: string) =>
    call(app.url, 'POST /users', { body: { email: `${name}@example.com`, name: 'x'.repeat(200) } });
  const statusOf = async (path: string) => (await call(app.url, `GET ${path}`)).status;

  it('refuses writes with 503, reports the failure in its health, serves reads, and recovers when space is available', async () => {
    expect((await add('ann')).status).toBe(201);
    const file = fill();
    const refused = await add('bob');
    expect(refused).toMatchObject({
      status: 503,
      body: { type: 'urn:msa-gateway:problem:storage-unavailable' },
    });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await statusOf('/health/ready')).toBe(503);
    // Heartbeats report this value: without the instance, reads would fail too.
    expect(await app.nest.get(Readiness, { strict: false }).isReady()).toBe(true);
    expect((await call(app.url, 'GET /health')).body).toMatchObject({
      details: { database: { status: 'down', message: expect.stringContaining('disk full') as string } },
    });
    expect((await call(app.url, 'GET /users')).body.items).toHaveLength(1);
    rmSync(file);
    await waitFor('readiness', async () => (await statusOf('/health/ready')) === 200);
    expect((await add('bob')).status).toBe(201);
  });
});
