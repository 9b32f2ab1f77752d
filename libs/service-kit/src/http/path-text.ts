import { Injectable, type PipeTransform } from '@nestjs/common';
import { notFound } from '#contracts';

const MAX_LENGTH = 128;

/**
 * Rejects, with 404, a path segment that cannot name a resource: too long, or with characters that no store can hold
 * (U+0000, lone surrogates).
 */
@Injectable()
export class PathText implements PipeTransform<string, string> {
  transform(value: string): string {
    if (value.length > MAX_LENGTH || value.includes('\0') || !value.isWellFormed())
      throw notFound('no resource exists at this path');
    return value;
  }
}
