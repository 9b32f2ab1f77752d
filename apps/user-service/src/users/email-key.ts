/** `email` normalised for comparison without regard to case. */
// Upper case first: this folds letters with several lower-case forms, such as the two sigmas and sharp s.
export const emailKeyOf = (email: string): string => email.normalize('NFC').toUpperCase().toLowerCase();
