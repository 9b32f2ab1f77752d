import { Injectable } from '@nestjs/common';

/** The time, in epoch milliseconds; its own class so that specs can move it. */
@Injectable()
export class Clock {
  now(): number {
    return Date.now();
  }
}
