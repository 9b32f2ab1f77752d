import { Redis } from 'ioredis';
import type { RedisLocation } from '../config/redis-location.js';
import { failureCode, isRefusal } from './redis-failure.js';
import { connect, SINGLE_USE } from './single-use.js';

const TIMEOUT_MS = 500;

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** A range of slots with the address of its master, as `CLUSTER SLOTS` returns it. */
type SlotRange = readonly [first: number, last: number, master: readonly [host: string | null, port: number]];

/**
 * The server that now has `key`: the master that Sentinels know, or that of the key's slot in a cluster. All nodes are
 * asked at once, and the first response counts: a node that is down costs no time.
 * @throws a refusal only if no other node might respond later
 */
export async function locateServer(
  { kind, nodes, master }: RedisLocation,
  key: string,
): Promise<ServerAddress> {
  const ask = kind === 'sentinel' ? askSentinel : askClusterNode;
  const attempts = nodes.map((node) => ask(node, kind === 'sentinel' ? master : key));
  return Promise.any(attempts).catch((error: unknown) => {
    const { errors } = error as { readonly errors: readonly Error[] };
    throw (errors.find((each) => !isRefusal(each)) ?? errors[0]) as Error;
  });
}

async function askSentinel(node: string, master: string): Promise<ServerAddress> {
  const ask = (connection: Redis) =>
    connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master) as Promise<
      readonly [string, string] | null
    >;
  const url = Object.assign(new URL(node), { pathname: '' });
  const anonymous = Object.assign(new URL(url), { username: '', password: '' });
  // The user and password are those of the server. A Sentinel has the same ones, or none.
  const address = await ofNode(anonymous.href, ask).catch((error: unknown) => {
    if (failureCode(error) !== 'NOAUTH') throw error;
    return ofNode(url.href, ask);
  });
  if (!address) throw new Error(`ERR no such master: the Sentinels do not know "${master}"`);
  return { host: address[0], port: Number(address[1]) };
}

async function askClusterNode(node: string, key: string): Promise<ServerAddress> {
  return ofNode(node, async (connection) => {
    const slot = await connection.cluster('KEYSLOT', key);
    // The types of ioredis nest the nodes in a list, and declare no node without a host.
    const ranges = (await connection.cluster('SLOTS')) as unknown as readonly SlotRange[];
    const range = ranges.find(([first, last]) => first <= slot && slot <= last);
    if (!range) throw new Error('CLUSTERDOWN no server of the cluster has the slot');
    const [host, port] = range[2];
    // A node that does not know its own address is the one that was asked.
    return { host: host === null || host === '' ? new URL(node).hostname : host, port };
  });
}

async function ofNode<T>(url: string, ask: (connection: Redis) => Promise<T>): Promise<T> {
  // Without the check, which a Sentinel that requires a password rejects.
  const connection = new Redis(url, { ...SINGLE_USE, enableReadyCheck: false, commandTimeout: TIMEOUT_MS });
  try {
    await connect(connection);
    return await ask(connection);
  } finally {
    connection.disconnect();
  }
}
