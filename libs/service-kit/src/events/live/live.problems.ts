import { defineProblem, type Problem } from '#contracts';

export const tooManyLiveStreams = defineProblem('too-many-live-streams', 503, 'Too many live streams');
export const tooManyStreamsOfCaller = defineProblem(
  'too-many-streams-of-caller',
  429,
  'Too many live streams of one caller',
);

const LATER = { headers: { 'retry-after': '5' } };

export const allStreamsTaken = (): Problem =>
  tooManyLiveStreams('this instance has no free live stream; retry later', LATER);

export const instanceStops = (): Problem =>
  tooManyLiveStreams('this instance shuts down and opens no live stream; retry later', LATER);

export const ownStreamsTaken = (most: number): Problem =>
  tooManyStreamsOfCaller(`the caller has ${most} open live streams at this instance; close one`, LATER);
