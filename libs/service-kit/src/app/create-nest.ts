import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { respondWithAllowedMethods } from '../http/allowed-methods.js';
import { BODY_LIMIT, useStrictJson } from '../http/body-parser.js';
import { respondToClientError } from '../http/client-error.js';
import { lingerAfterRejections } from '../http/linger.js';
import { respondToFrameworkError, ProblemFilter } from '../http/problem.filter.js';
import { NO_SNIFF, NO_SNIFF_HEADER } from '../http/no-sniff.js';
import { REQUEST_ID_HEADER, requestIdOf } from '../http/request-id.js';
import { ValidationPipe } from '../http/validation.pipe.js';
import type { Logger } from '../logging/logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import type { AppParts } from './app-definition.js';

const MAX_HEAD_BYTES = 16 * 1024;

const fastifyOptions = (parts: AppParts): FastifyServerOptions => ({
  bodyLimit: BODY_LIMIT,
  // Parameters are validated where they are read; beyond its own limit fastify would return 414.
  routerOptions: { maxParamLength: MAX_HEAD_BYTES },
  genReqId: (request) => requestIdOf(request.headers),
  clientErrorHandler: respondToClientError,
  frameworkErrors: respondToFrameworkError,
  // At shutdown idle connections are closed; requests that arrive on the others are still served.
  forceCloseConnections: 'idle',
  return503OnClosing: false,
  ...(parts.serverFactory && { serverFactory: parts.serverFactory }),
});

/** Creates a Nest application with strict JSON, validation, problem responses and request ids. Does not listen yet. */
export async function createNest(parts: AppParts, logger: Logger): Promise<NestFastifyApplication> {
  const nest = await NestFactory.create<NestFastifyApplication>(
    parts.module,
    new FastifyAdapter(fastifyOptions(parts)),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  prepare(nest.getHttpAdapter().getInstance());
  nest.useGlobalPipes(new ValidationPipe());
  nest.useGlobalFilters(new ProblemFilter(logger));
  return nest;
}

function prepare(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id).header(NO_SNIFF_HEADER, NO_SNIFF);
    done();
  });
  respondWithAllowedMethods(fastify);
  useStrictJson(fastify);
  lingerAfterRejections(fastify);
}
