import { call, startApp, tempDir, waitFor, type AppProcess } from '#testing';

const REGISTRY_TOKEN = 'a-token-of-the-registry';

describe('writes of operators', () => {
  const data = tempDir();
  let gateway: AppProcess;
  beforeAll(async () => {
    gateway = await startApp('gateway', {
      GATEWAY_PORT: '0',
      GATEWAY_HOST: '127.0.0.1',
      DATA_DIR: data.path,
      REGISTRY_TOKEN,
      REGISTRY_COMPATIBILITY: 'eureka,consul',
    });
    await write('POST /discovery/register', { name: 'users', id: 'a', url: 'http://127.0.0.1:1' });
  });
  afterAll(async () => {
    await gateway.process.stop();
    data.remove();
  });

  const write = (what: string, body?: object) =>
    call(gateway.url, what, {
      headers: { authorization: `Bearer ${REGISTRY_TOKEN}` },
      ...(body && { body }),
    });
  const auditLines = () =>
    gateway.process.stdout
      .split('\n')
      .filter((line) => line.includes('"audit":true'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('leave one line each, with the action, the subject, the client and the credential', async () => {
    // An audit line does not depend on the level.
    await write('PUT /log-level', { level: 'ERROR' });
    await write('PUT /discovery/services/a/weight', { weight: 5 });
    await write('POST /discovery/services/a/drain');
    await write('DELETE /discovery/services/a/drain');
    await write('POST /discovery/services/b/drain');
    await write('POST /cache/purge', { service: 'users' });
    await write('PUT /discovery/services/a/fault', { kind: 'slow', forSeconds: 1 });
    await write('DELETE /discovery/services/a/fault');
    await write('PUT /v1/agent/service/maintenance/a?enable=false');
    await write('POST /discovery/contracts/users/accept');
    await write('DELETE /discovery/unregister/a');
    await call(gateway.url, 'POST /discovery/services/a/drain');
    await waitFor('the audit lines', () => auditLines().length === 10);
    expect(auditLines()).toMatchObject([
      {
        action: 'set-weight',
        subject: 'a',
        request: { weight: 5 },
        client: '127.0.0.1',
        by: 'token',
        outcome: 'done',
        msg: 'Operator action',
      },
      { action: 'drain', subject: 'a', outcome: 'done' },
      { action: 'resume', subject: 'a', outcome: 'done' },
      { action: 'drain', subject: 'b', outcome: 'failed', failure: 'unknown-instance' },
      { action: 'purge', request: { service: 'users' }, outcome: 'done' },
      { action: 'inject-fault', subject: 'a' },
      { action: 'end-fault', subject: 'a', outcome: 'done' },
      { action: 'maintenance', subject: 'a', outcome: 'done' },
      { action: 'accept-contract', subject: 'users', outcome: 'failed' },
      { action: 'unregister', subject: 'a', outcome: 'done' },
    ]);
    expect(gateway.process.stdout).not.toContain(REGISTRY_TOKEN);
  });
});
