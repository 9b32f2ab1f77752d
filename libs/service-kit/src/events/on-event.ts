import { applyDecorators, Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { EventDefinition } from '#contracts';

/** Passes the error of a handler on unchanged; Nest's own filter replaces it by "Internal server error". */
@Catch()
class HandlerErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Makes a method of a controller handle the events of `definitions`; it gets the event with `@Payload()`. An event whose
 * handler rejects is handled again, before later events of its subject.
 *
 * @example
 * @OnEvent(productChanged)
 * show(@Payload() event: CloudEvent<ProductEventData>): Promise<void>
 */
export const OnEvent = (...definitions: readonly Pick<EventDefinition<object>, 'type'>[]): MethodDecorator =>
  applyDecorators(EventPattern(definitions.map(({ type }) => type)), UseFilters(new HandlerErrors()));
