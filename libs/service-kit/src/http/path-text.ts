import { Injectable, type PipeTransform } from '@nestjs/common';
import { notFound } from '#contracts';

const LONGEST = 128;

/** A path segment that could name something: what no store can hold (U+0000, lone surrogates) names nothing. */
@Injectable()
export class PathText implements PipeTransform<string, string> {
  transform(value: string): string {
    if (value.length > LONGEST || value.includes('\0') || !value.isWellFormed())
      throw notFound('there is nothing at this path');
    return value;
  }
}
