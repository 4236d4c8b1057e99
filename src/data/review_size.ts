/** The longest review of the IMDb data has 14 kB. */
export const maximumReviewBytes = 1 << 20;
