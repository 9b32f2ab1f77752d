import {
  Controller,
  Get,
  HttpCode,
  Module,
  NotFoundException,
  Post,
  Sse,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromEvent, map, type Observable } from 'rxjs';
import type { AppDefinition, BaseConfig } from '#service-kit';
import { readBaseConfig } from '#service-kit';
import { nullRegistry } from '#testing';

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

const METHODS_BESIDE_FASTIFYS = ['PROPFIND', 'REPORT', 'PURGE', 'MKCOL'];

/** Scripts the behaviour of the test service. */
export class ServiceScript {
  /** Handles every request outside `/nest`. */
  handler: RawHandler = (_request, response) => response.end();
  /** Each `event` is sent as one server-sent event at `/nest/events`. */
  readonly events = new EventEmitter();
}

function controllerOf(script: ServiceScript) {
  @Controller('nest')
  class ScriptedController {
    @Get('json')
    json() {
      return { greeting: 'hallo', umlaut: 'äöü' };
    }

    @Post('accepted')
    @HttpCode(202)
    accepted() {
      return { accepted: true };
    }

    @Get('missing')
    missing() {
      throw new NotFoundException();
    }

    @Sse('events')
    events(): Observable<{ data: string }> {
      return fromEvent(script.events, 'event').pipe(map((data) => ({ data: data as string })));
    }
  }
  return ScriptedController;
}

/** A real Nest application whose responses each spec defines. */
export const testService = (name: string, script: ServiceScript): AppDefinition => ({
  name,
  readConfig: readBaseConfig,
  listenAddress: () => ({ host: '127.0.0.1', port: 0 }),
  registration: (_config: BaseConfig, url) => ({ name, url, id: `${name}-a` }),
  registry: () => nullRegistry,
  build: () => ({ module: { module: moduleOf(script), controllers: [controllerOf(script)] } }),
});

function moduleOf(script: ServiceScript) {
  @Module({})
  class TestServiceModule implements OnModuleInit {
    constructor(private readonly host: HttpAdapterHost) {}

    onModuleInit(): void {
      handleEveryRequest(this.host.httpAdapter.getInstance<FastifyInstance>(), script);
    }
  }
  return TestServiceModule;
}

/** Leaves bodies unread, and passes requests without a controller to the script. */
function handleEveryRequest(fastify: FastifyInstance, script: ServiceScript): void {
  for (const method of METHODS_BESIDE_FASTIFYS) fastify.addHttpMethod(method, { hasBody: true });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
  fastify.route({
    method: fastify.supportedMethods,
    url: '/*',
    handler: (request, reply) => {
      reply.hijack();
      script.handler(request.raw, reply.raw);
    },
  });
}
