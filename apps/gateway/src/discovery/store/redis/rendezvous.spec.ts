import { chosenFor } from './rendezvous.js';

const members = ['0193a7c0-one', '0193a7c0-two', '0193a7c0-three'];
const subjects = Array.from({ length: 3000 }, (_, i) => `user-service-${i}`);
const sharesOf = (among: readonly string[]) =>
  among.map((member) => subjects.filter((subject) => chosenFor(subject, among) === member).length);

describe('chosenFor', () => {
  it('shares subjects fairly', () => {
    for (const share of sharesOf(members)) expect(share / subjects.length).toBeCloseTo(1 / 3, 1);
  });

  it('chooses the same whoever asks, in whatever order it knows the members', () => {
    for (const subject of subjects)
      expect(chosenFor(subject, [...members].reverse())).toBe(chosenFor(subject, members));
  });

  it('moves only what a member had that goes', () => {
    const rest = members.slice(1);
    for (const subject of subjects) {
      const before = chosenFor(subject, members);
      if (before !== members[0]) expect(chosenFor(subject, rest)).toBe(before);
    }
  });

  it('chooses nobody where there is nobody', () => {
    expect(chosenFor('a', [])).toBeUndefined();
  });
});
