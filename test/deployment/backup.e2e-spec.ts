import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  call,
  findPostgres,
  launchNode,
  onOwnPostgres,
  ROOT,
  SERVICES,
  startSystem,
  tempDir,
  type RunningSystem,
} from '#testing';

const USERS = 'user-service/users';

/** Names of the users in a running system. */
async function namesOf({ url }: RunningSystem): Promise<readonly string[]> {
  const { body } = await call(url, `GET /api/${USERS}`);
  return (body.items as { name: string }[]).map(({ name }) => name).sort();
}

const addUser = ({ url }: RunningSystem, name: string) =>
  call(url, `POST /api/${USERS}`, { body: { name, email: `${name}@example.com` } });

describe('a backup of the embedded stores', () => {
  const data = tempDir();
  const backups = tempDir();
  const DATA_DIR = data.path;
  let system: RunningSystem;

  const run = async (script: string, folder: string) => {
    const program = launchNode(`scripts/${script}.mjs`, [join(backups.path, folder)], { DATA_DIR });
    const { code } = await program.exited;
    return { code, stderr: program.stderr };
  };
  const start = async (): Promise<void> => void (system = await startSystem('monolith', { DATA_DIR }));

  beforeAll(async () => {
    await start();
    await addUser(system, 'ann');
    expect(await run('backup', 'first')).toEqual({ code: 0, stderr: '' });
    await addUser(system, 'bob');
  });
  afterAll(async () => {
    await system.process.stop();
    data.remove();
    backups.remove();
  });

  it('never overwrites an existing backup', async () => {
    const { code, stderr } = await run('backup', 'first');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^backup failed: .* already exists\n$/);
  });

  it('is not restored under a running system', async () => {
    const { code, stderr } = await run('restore', 'first');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^restore failed: .*\.db is in use: stop the system first\n$/);
    expect(await namesOf(system)).toEqual(['ann', 'bob']);
  });

  it('is not restored when one of its files is damaged', async () => {
    await run('backup', 'damaged');
    const file = join(backups.path, 'damaged/user-service.db');
    writeFileSync(file, readFileSync(file).fill(7, 4096));
    await system.process.stop();
    expect(await run('restore', 'damaged')).toMatchObject({ code: 1 });
    await start();
    expect(await namesOf(system)).toEqual(['ann', 'bob']);
  });

  it('restores exactly the state at the time of the backup', async () => {
    await system.process.stop();
    expect(await run('restore', 'first')).toEqual({ code: 0, stderr: '' });
    await start();
    expect(await namesOf(system)).toEqual(['ann']);
  });

  it.each(['backup', 'restore'])('%s prints its usage without arguments', async (script) => {
    const program = launchNode(`scripts/${script}.mjs`);
    expect((await program.exited).code).toBe(2);
    expect(program.stderr).toContain(`usage: npm run ${script} -- FOLDER`);
  });
});

/**
 * Documented commands that run in PostgreSQL's container, without the `docker compose exec` prefix and
 * the redirect.
 */
const documented = (program: string): readonly string[] =>
  readFileSync(join(ROOT, 'docs/backup-and-restore.md'), 'utf8')
    .split('\n')
    .flatMap((line) => /^docker compose .* exec -T postgres (\S+ .*?) [<>] \S+$/.exec(line)?.[1] ?? [])
    .filter((command) => command.startsWith(`${program} `));

onOwnPostgres('the documented dump commands', (server) => {
  /** Runs one of PostgreSQL's programs as documented, on this suite's server. */
  const run = (command: string, input?: Buffer): Buffer => {
    const [program = '', ...args] = command.split(' ');
    const env = { PGHOST: '127.0.0.1', PGPORT: String(server().port) };
    return execFileSync(join(findPostgres()!, program), args, { env, ...(input && { input }) });
  };
  const query = async (database: string, text: string): Promise<unknown[]> => {
    const client = new pg.Client(`postgres://postgres@127.0.0.1:${server().port}/${database}`);
    await client.connect();
    try {
      return (await client.query(text)).rows as unknown[];
    } finally {
      await client.end();
    }
  };

  it('exist for every service', () => {
    const databases = SERVICES.map((name) => name.replaceAll('-', '_'));
    expect(documented('pg_dump').map((command) => command.split(' ').at(-1))).toEqual(
      expect.arrayContaining(databases),
    );
  });

  it('restore rows and their owners', async () => {
    await query('postgres', 'create role user_service login');
    await query('postgres', 'create database user_service owner user_service');
    await query(
      'user_service',
      'set role user_service; create schema kept; create table kept.users (name text)',
    );
    await query('user_service', "insert into kept.users values ('ann')");
    const dump = run(documented('pg_dump')[0]!);
    await query('user_service', "insert into kept.users values ('bob')");
    run(documented('pg_restore')[0]!, dump);
    const owners = "select tableowner from pg_tables where schemaname = 'kept'";
    expect(await query('user_service', 'select name from kept.users')).toEqual([{ name: 'ann' }]);
    expect(await query('user_service', owners)).toEqual([{ tableowner: 'user_service' }]);
  });
});
