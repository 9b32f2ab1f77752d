import { Timed, TimerWheel } from './timer-wheel.js';

class Alarm extends Timed {
  rings = 0;

  constructor(private readonly ring?: () => void) {
    super();
  }

  override onTimeout(): void {
    this.rings += 1;
    this.ring?.();
  }
}

describe('TimerWheel', () => {
  let wheel: TimerWheel;
  const turn = (ticks: number) => {
    for (let i = 0; i < ticks; i += 1) wheel.advance();
  };

  // The tests advance the wheel manually.
  beforeEach(() => (wheel = new TimerWheel(1_000_000)));
  afterEach(() => wheel.stop());

  it('fires once, not early and at most two ticks late', () => {
    const alarm = new Alarm();
    wheel.set(alarm, 3_000_000);
    turn(3);
    expect(alarm.rings).toBe(0);
    turn(2);
    expect(alarm.rings).toBe(1);
    turn(600);
    expect(alarm.rings).toBe(1);
  });

  it('supports delays longer than one revolution of the wheel', () => {
    const alarm = new Alarm();
    wheel.set(alarm, 300_000_000);
    turn(300);
    expect(alarm.rings).toBe(0);
    turn(2);
    expect(alarm.rings).toBe(1);
  });

  it('reschedules a timer that is set again and never fires one that is cleared', () => {
    const moved = new Alarm();
    const cleared = new Alarm();
    wheel.set(moved, 1_000_000);
    wheel.set(cleared, 1_000_000);
    turn(1);
    wheel.set(moved, 10_000_000);
    wheel.clear(cleared);
    turn(9);
    expect([moved.rings, cleared.rings]).toEqual([0, 0]);
    turn(3);
    expect([moved.rings, cleared.rings]).toEqual([1, 0]);
  });

  it('allows a timer to set itself again or clear another one while it fires', () => {
    const neighbour = new Alarm();
    const first: Alarm = new Alarm(() => {
      wheel.clear(neighbour);
      if (first.rings < 3) wheel.set(first, 0);
    });
    wheel.set(first, 0);
    wheel.set(neighbour, 0);
    turn(20);
    expect([first.rings, neighbour.rings]).toEqual([3, 0]);
  });
});
