import { Resolver } from 'node:dns/promises';
import { userInfo } from 'node:os';
import { freePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { LaunchedProcess } from '../process/launched-process.js';
import { plainEnvironment } from '../process/start-system.js';
import { waitFor } from '../wait-for.js';

/** A DNS server for one suite. */
export interface TestDns {
  /** For `DNS_SERVERS`. */
  readonly server: string;
  /**
   * Replaces all records: options of dnsmasq, such as `host-record=users.test,127.0.0.2` and
   * `srv-host=_http._tcp.users.test,a.users.test,8001,10,100` (port, priority, weight).
   */
  serve(records: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** A name that every configuration has, to see that the server responds. */
const OWN_NAME = 'ready.test';

/**
 * Starts dnsmasq on a loopback port. Names below `test` without a record do not exist; queries for others are refused.
 * @param ttlSeconds of all records
 * @throws when dnsmasq is not installed
 */
export async function startDnsmasq(records: readonly string[], ttlSeconds = 1): Promise<TestDns> {
  const program = findProgram('dnsmasq');
  if (program === undefined) throw new Error('dnsmasq is not installed');
  const port = await freePort();
  const server = `127.0.0.1:${port}`;
  const own = ['listen-address=127.0.0.1', 'bind-interfaces', `port=${port}`, `local-ttl=${ttlSeconds}`];
  const quiet = ['no-resolv', 'no-hosts', 'local=/test/', `host-record=${OWN_NAME},127.0.0.1`];
  const user = `user=${userInfo().username}`;
  let process: LaunchedProcess | undefined;
  const serve = async (served: readonly string[]): Promise<void> => {
    await process?.stop();
    const options = [...own, ...quiet, user, ...served].map((option) => `--${option}`);
    const args = ['--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', ...options];
    process = new LaunchedProcess(program, args, plainEnvironment());
    await waitFor(`dnsmasq on port ${port}`, () => responds(server));
  };
  await serve(records);
  const stop = async (): Promise<void> => {
    await process?.stop();
  };
  return { server, serve, stop };
}

async function responds(server: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([server]);
  const addresses = await resolver.resolve4(OWN_NAME).catch(() => []);
  return addresses.length > 0;
}
