import { spawnSync } from 'node:child_process';
import { LaunchedProcess, waitFor } from '#testing';
import { InjectedOutage } from '../../scripts/chaos/outages/injected.mjs';
import { ProcessOutage } from '../../scripts/chaos/outages/process.mjs';

describe('stopped processes', () => {
  const program = "setInterval(() => undefined, 1000); console.log('started')";
  let processes: readonly LaunchedProcess[];
  beforeEach(async () => {
    const args = ['-e', program];
    processes = [1, 2].map(() => new LaunchedProcess(process.execPath, args, process.env));
    await Promise.all(processes.map((each) => each.waitForOutput(/started/)));
  });
  afterEach(async () => {
    for (const each of processes) each.signal('SIGKILL');
    await Promise.all(processes.map((each) => each.exited));
  });
  const isStopped = ({ pid }: LaunchedProcess): boolean =>
    spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout.startsWith('T');

  it('continue if another one has ended meanwhile', async () => {
    const [first, second] = processes;
    const outage = new ProcessOutage('hang', [first!.pid, second!.pid]);
    outage.begin();
    await waitFor('the stop', () => isStopped(second!));
    first!.signal('SIGKILL');
    await first!.exited;
    expect(() => outage.end()).not.toThrow();
    await waitFor('the end of the stop', () => !isStopped(second!));
  });

  it('continue if another one could not be stopped, which is reported', async () => {
    const [first, second] = processes;
    first!.signal('SIGKILL');
    await first!.exited;
    const outage = new ProcessOutage('hang', [first!.pid, second!.pid]);
    expect(() => outage.begin()).toThrow(`process ${first!.pid} cannot receive SIGSTOP (ESRCH)`);
    await waitFor('the stop', () => isStopped(second!));
    outage.end();
    await waitFor('the end of the stop', () => !isStopped(second!));
  });
});

it('ends every injected fault, also if the end of one fails', async () => {
  const calls: string[] = [];
  const client = {
    call: (method: string, path: string) => {
      calls.push(`${method} ${path}`);
      return path.includes('/a/')
        ? Promise.reject(new Error('no response'))
        : Promise.resolve({ status: 204 });
    },
  };
  const outage = new InjectedOutage(client, [{ id: 'a' }, { id: 'b' }], { fault: 'hang', forMs: 1000 });
  await expect(outage.end()).rejects.toThrow('no response');
  expect(calls).toEqual(['a', 'b'].map((id) => `DELETE /discovery/services/${id}/fault`));
});
