import { StoreClock } from './store-clock.js';

describe('The clock of a store', () => {
  it('is known with half the time of the quickest response', () => {
    const clock = new StoreClock();
    // It is 1000 ahead. A request took 300 ms and its response 100 ms.
    clock.measure(1300, 0, 400);
    expect(clock.toStore(500)).toBe(1600);
    clock.measure(2001, 1000, 1002);
    expect(clock.toStore(1100)).toBe(2100);
    expect(clock.toLocal(2100)).toBe(1100);
    clock.measure(3300, 2000, 2400);
    expect(clock.toStore(2500)).toBe(3500);
  });

  it('is measured again as clocks drift', () => {
    const clock = new StoreClock();
    clock.measure(1001, 0, 2);
    // After 100 s the earlier measurement is known to 100 ms.
    clock.measure(101_060, 100_000, 100_100);
    expect(clock.toStore(100_100)).toBe(101_110);
  });

  it('may be set', () => {
    const clock = new StoreClock();
    clock.measure(1001, 0, 2);
    clock.measure(3_601_500, 1000, 1400);
    expect(clock.toStore(2000)).toBe(3_602_300);
    clock.measure(2200, 2000, 2400);
    expect(clock.toStore(3000)).toBe(3000);
  });
});
