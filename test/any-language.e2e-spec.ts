import type { InstanceView } from '#contracts';
import {
  LaunchedProcess,
  onPrograms,
  plainEnvironment,
  startSystem,
  tempDir,
  waitFor,
  type RunningSystem,
} from '#testing';

onPrograms(['curl'], 'a shell program that registers with curl only', () => {
  const data = tempDir();
  let system: RunningSystem;
  let program: LaunchedProcess;
  let id: string;

  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: data.path });
    program = new LaunchedProcess('sh', ['test/support/shell-service.sh', system.url], plainEnvironment());
    const [, registered] = await program.waitForOutput(/^registered as (\S+)$/m);
    id = registered!;
  });

  afterAll(async () => {
    await program.stop();
    await system.process.stop();
    data.remove();
  });

  const lookUp = (): Promise<Response> => fetch(`${system.url}/discovery/services/${id}`);
  const call = (): Promise<Response> => fetch(`${system.url}/api/shell/hello?x=1`);

  it('receives proxied requests', async () => {
    await waitFor('the service to be up', async () => (await call()).ok);
    expect(await (await call()).text()).toBe('shell saw /hello?x=1\n');
  });

  it('stays registered beyond its time to live while it sends heartbeats', async () => {
    const { expiresAt } = (await (await lookUp()).json()) as InstanceView;
    await waitFor('the first lease to be over', () => Date.now() > Date.parse(expiresAt) + 500);
    expect((await lookUp()).status).toBe(200);
  });

  it('is down after its time to live without heartbeats, and its service stays known', async () => {
    program.signal('SIGUSR1');
    await program.waitForOutput(/^heartbeats stopped$/m);
    const { expiresAt } = (await (await lookUp()).json()) as InstanceView;
    await waitFor('its lease to expire', async () => {
      const { status, expiredAt } = (await (await lookUp()).json()) as InstanceView;
      return status === 'down' && expiredAt !== undefined;
    });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    const response = await call();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: 'urn:msa-gateway:problem:no-healthy-instance' });
  });
});
