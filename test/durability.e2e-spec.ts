import { MOUNTS, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

const WRITERS = 8;
const ENOUGH = 200;

const users = (system: RunningSystem): string => `${system.url}/api/user-service/users`;

async function create(system: RunningSystem, email: string): Promise<string> {
  const response = await fetch(users(system), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, name: 'W' }),
  });
  if (response.status !== 201) throw new Error(`unexpected status ${response.status}`);
  return ((await response.json()) as { id: string }).id;
}

/** Writes until the system stops; records the id of every acknowledged row. */
async function write(system: RunningSystem, writer: number, acknowledged: string[]): Promise<void> {
  for (let row = 0; ; row += 1)
    try {
      acknowledged.push(await create(system, `w${writer}-${row}@example.com`));
    } catch {
      return;
    }
}

async function missingOf(system: RunningSystem, ids: readonly string[]): Promise<string[]> {
  const responses = await Promise.all(ids.map((id) => fetch(`${users(system)}/${id}`)));
  return ids.filter((_id, index) => responses[index]?.status !== 200);
}

describe('an acknowledged write', () => {
  it('survives kill -9 in the middle of writes', async () => {
    const data = tempDir();
    const system = await startSystem('monolith', { DATA_DIR: data.path });
    const acknowledged: string[] = [];
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(system, writer, acknowledged));
    await waitFor('rows to be written', () => acknowledged.length >= ENOUGH, 30_000);
    system.process.signal('SIGKILL');
    await Promise.all([...writers, system.process.exited]);

    const again = await startSystem('monolith', { DATA_DIR: data.path });
    expect(await missingOf(again, acknowledged)).toEqual([]);
    await again.process.stop();
    data.remove();
  }, 120_000);

  it.each(MOUNTS)(
    'survives a restart of the %s, and is visible in both mounts',
    async (mount) => {
      const data = tempDir();
      const first = await startSystem(mount, { DATA_DIR: data.path });
      const id = await create(first, 'one@example.com');
      await first.process.stop();

      for (const next of MOUNTS) {
        const again = await startSystem(next, { DATA_DIR: data.path });
        expect(await missingOf(again, [id])).toEqual([]);
        await again.process.stop();
      }
      data.remove();
    },
    120_000,
  );
});
