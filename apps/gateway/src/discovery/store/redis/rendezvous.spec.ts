import { chosenFor } from './rendezvous.js';

const members = ['0193a7c0-one', '0193a7c0-two', '0193a7c0-three'];
const subjects = Array.from({ length: 3000 }, (_, i) => `user-service-${i}`);
const sharesOf = (among: readonly string[]) =>
  among.map((member) => subjects.filter((subject) => chosenFor(subject, among) === member).length);

describe('chosenFor', () => {
  it('divides subjects evenly', () => {
    for (const share of sharesOf(members)) expect(share / subjects.length).toBeCloseTo(1 / 3, 1);
  });

  it('chooses the same member for every order of the members', () => {
    for (const subject of subjects)
      expect(chosenFor(subject, [...members].reverse())).toBe(chosenFor(subject, members));
  });

  it('moves only the subjects of a member that leaves', () => {
    const rest = members.slice(1);
    for (const subject of subjects) {
      const before = chosenFor(subject, members);
      if (before !== members[0]) expect(chosenFor(subject, rest)).toBe(before);
    }
  });

  it('returns undefined if there are no members', () => {
    expect(chosenFor('a', [])).toBeUndefined();
  });
});
