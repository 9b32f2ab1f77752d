import { Body, Controller, Get, Injectable, Module, Post, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import { getServiceToken, InjectService, MsaModule, ServiceClient, type MsaModuleOptions } from './index.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** A stand-in for a gateway whose registry lists itself as `users`. */
class Gateway {
  readonly seen: string[] = [];
  readonly registered: Record<string, unknown>[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const { method = '', url = '' } = request;
      this.seen.push(`${method} ${url.replace(/(unregister\/).*/, '$1')}`);
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        if (url === '/discovery/register') this.registered.push(JSON.parse(text) as Record<string, unknown>);
        const users = { id: 'a', name: 'users', url: this.url, status: 'up', weight: 100 };
        const { traceparent, 'x-request-timeout-ms': timeout } = request.headers;
        response.end(JSON.stringify(url.endsWith('?name=users') ? [users] : { url, traceparent, timeout }));
      });
    }).listen(0, '127.0.0.1');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async open(): Promise<this> {
    await once(this.server, 'listening');
    return this;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

interface Echo {
  readonly url: string;
  readonly traceparent: string;
  readonly timeout: string;
}

/** Emits `slow` when such a request arrives. */
const requests = new EventEmitter();

/** Loaded after `forRoot` in tests, as a class is whose file is imported late. */
function featureModule() {
  @Controller()
  class OrdersController implements OnModuleDestroy {
    isDestroyed = false;

    constructor(@InjectService('users') private readonly users: ServiceClient) {}

    onModuleDestroy(): void {
      this.isDestroyed = true;
    }

    @Get('slow')
    async slow(): Promise<string> {
      requests.emit('slow');
      await sleep(200);
      return this.isDestroyed ? 'destroyed' : 'intact';
    }

    @Post('orders')
    order(@Body() { user }: { user: string }): Promise<Echo> {
      return this.users.get<Echo>(`/users/${user}`);
    }
  }

  @Module({ controllers: [OrdersController] })
  class OrdersModule {}
  return OrdersModule;
}

describe('MsaModule', () => {
  let gateway: Gateway;
  let app: NestFastifyApplication | undefined;

  beforeEach(async () => {
    gateway = await new Gateway().open();
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    gateway.close();
  });

  const optionsWith = (options: Partial<MsaModuleOptions> = {}): MsaModuleOptions => ({
    name: 'orders',
    shutdownDelayMs: 0,
    ...options,
    gateway: { url: gateway.url, ...options.gateway },
  });

  async function create(msa = MsaModule.forRoot(optionsWith())): Promise<NestFastifyApplication> {
    @Module({ imports: [featureModule(), msa] })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
      logger: false,
    });
    return app;
  }

  async function listen(msa?: Parameters<typeof create>[0]): Promise<string> {
    await (await create(msa)).listen(0, '127.0.0.1');
    await waitFor('the registration', () => gateway.registered.length > 0);
    return app!.getUrl();
  }

  it('registers the app at its real port when it listens, and deregisters it when it closes', async () => {
    const url = await listen();
    expect(gateway.registered).toEqual([
      { name: 'orders', url, id: expect.stringMatching(new RegExp(`^orders-.*-${new URL(url).port}-`)) },
    ]);
    await app!.close();
    expect(gateway.seen).toEqual(['POST /discovery/register', 'DELETE /discovery/unregister/']);
  });

  it('does not register an app that is initialised but does not listen', async () => {
    await (await create()).init();
    await app!.close();
    expect(gateway.seen).toEqual([]);
  });

  it('registers the members of the options, with the given port', async () => {
    await listen(MsaModule.forRoot(optionsWith({ port: 9000, id: 'a', weight: 5, healthPath: '/live' })));
    const url = 'http://127.0.0.1:9000';
    expect(gateway.registered).toEqual([{ name: 'orders', url, id: 'a', weight: 5, healthPath: '/live' }]);
  });

  it('registers the given URL', async () => {
    await listen(MsaModule.forRoot(optionsWith({ url: 'http://orders.internal:80' })));
    expect(gateway.registered).toMatchObject([{ url: 'http://orders.internal:80' }]);
  });

  it('takes options from a factory with dependencies', async () => {
    @Injectable()
    class Settings {
      readonly version = '1.2.3';
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}

    const useFactory = ({ version }: Settings) => optionsWith({ version });
    await listen(MsaModule.forRootAsync({ imports: [SettingsModule], inject: [Settings], useFactory }));
    expect(gateway.registered).toMatchObject([{ name: 'orders', version: '1.2.3' }]);
  });

  it('injects clients that call under the deadline and in the trace of the request', async () => {
    const url = await listen();
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-timeout-ms': '2000',
        traceparent: TRACEPARENT,
      },
      body: '{"user":"7"}',
    });
    const { timeout, ...others } = (await response.json()) as Echo;
    expect(others).toEqual({ url: '/users/7', traceparent: TRACEPARENT });
    expect(Number(timeout)).toBeGreaterThan(0);
    expect(Number(timeout)).toBeLessThanOrEqual(2000);
  });

  it('finishes requests in flight before other modules are destroyed', async () => {
    const url = await listen();
    const arrived = once(requests, 'slow');
    const response = fetch(`${url}/slow`);
    await arrived;
    await app!.close();
    expect(await (await response).text()).toBe('intact');
  });

  it('accepts requests for the shutdown delay, and ends their connections', async () => {
    const url = await listen(MsaModule.forRoot(optionsWith({ shutdownDelayMs: 300 })));
    const closed = app!.close();
    await waitFor('the deregistration', () => gateway.seen.at(-1)?.startsWith('DELETE') === true);
    await waitFor('a response that ends its connection', async () => {
      const response = await fetch(`${url}/slow`);
      return response.headers.get('connection') === 'close' && response.ok;
    });
    await closed;
  });

  it('lets tests replace the client of a service', async () => {
    const users = { get: () => Promise.resolve({ url: 'stub' }) };
    const testing = await Test.createTestingModule({
      imports: [MsaModule.forRoot(optionsWith()), featureModule()],
    })
      .overrideProvider(getServiceToken('users'))
      .useValue(users)
      .compile();
    expect(testing.get(getServiceToken('users'))).toBe(users);
    await testing.close();
  });

  it('provides clients to an app that listens and is not registered', async () => {
    await (await create(MsaModule.forClients({ gateway: { url: gateway.url } }))).listen(0, '127.0.0.1');
    const url = await app!.getUrl();
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: TRACEPARENT },
      body: '{"user":"7"}',
    });
    expect(await response.json()).toMatchObject({ url: '/users/7', traceparent: TRACEPARENT });
    await app!.close();
    expect(gateway.registered).toEqual([]);
  });

  it('provides clients to a program that serves nothing', async () => {
    const context = await NestFactory.createApplicationContext(
      { module: featureModule(), imports: [MsaModule.forRoot(optionsWith())] },
      { logger: false },
    );
    const client = context.get<ServiceClient>(getServiceToken('users'));
    expect(await client.get('/users/1')).toMatchObject({ url: '/users/1' });
    await context.close();
    expect(gateway.registered).toEqual([]);
  });
});
